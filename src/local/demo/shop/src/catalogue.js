const products = new Map();

/** Puts a product on sale; its id must be new. */
export function addProduct(product) {
  if (typeof product.id !== "string" || product.id === "")
    throw new TypeError("a product needs an id");
  if (products.has(product.id)) throw new RangeError(`there is a product ${product.id} already`);
  products.set(product.id, Object.freeze({ ...product }));
}

/** The product with this id, or null. */
export function findProduct(id) {
  return products.get(id) ?? null;
}

/** All products by name. */
export function listProducts() {
  return [...products.values()].sort((one, other) => one.name.localeCompare(other.name));
}
