/** Stands in for optional packages that the bundle must not contain (React's developer tools). */
export default undefined;
