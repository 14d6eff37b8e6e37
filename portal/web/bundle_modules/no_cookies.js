// Stands for universal-cookie: no state of the portal is kept in a cookie that scripts can read.
const refuse = () => {
  throw new Error("rx.Cookie is not part of this bundle");
};

export default class NoCookies {
  get = refuse;
  set = refuse;
  remove = refuse;
}
