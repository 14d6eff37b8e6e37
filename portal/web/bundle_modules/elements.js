// Stands for @emotion/react where no element has a `css` property.
export { createElement as jsx } from "react";
