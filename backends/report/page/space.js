// Weight and space.

/** @returns {Child[]} */
const spaceBars = () => [];
