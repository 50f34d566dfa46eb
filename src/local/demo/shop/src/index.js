// What the shop offers to its callers, one section a topic.

// Catalogue: what is for sale.
export { addProduct, findProduct, listProducts } from "./catalogue.js";

// Prices: what it costs.
// (nothing yet)

// Orders: who buys what.
// (nothing yet)

// Checkout: how a basket becomes an order.
// (nothing yet)

// Stock: how much of it is there.
// (nothing yet)
