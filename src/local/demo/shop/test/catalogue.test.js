import assert from "node:assert/strict";
import { test } from "node:test";
import { addProduct, findProduct, listProducts } from "../src/index.js";

test("a product that was added is found and listed", () => {
  addProduct({ id: "tea", name: "Tea" });
  addProduct({ id: "cup", name: "Cup" });

  assert.equal(findProduct("tea").name, "Tea");
  assert.deepEqual(
    listProducts().map((product) => product.id),
    ["cup", "tea"],
  );
});

test("an id is given once", () => {
  addProduct({ id: "pot", name: "Pot" });

  assert.throws(() => addProduct({ id: "pot", name: "Another pot" }), /already/);
});
