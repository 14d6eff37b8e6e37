// Stands for mergician: merges plain objects deeply, what comes later wins.
const plain = (value) => Object.prototype.toString.call(value) === "[object Object]";

export const mergician = (first, second) => {
  const merged = { ...first };
  for (const [key, value] of Object.entries(second)) {
    merged[key] = plain(value) && plain(first[key]) ? mergician(first[key], value) : value;
  }
  return merged;
};
