import { documents, writeDocument } from "./documents.ts";

// Writes the documents that come from the code: `npm run docs:env`, `npm run docs:reference`,
// `npm run docs:picture`. Without a name it writes all of them.

const wanted = process.argv[2];
const chosen = documents.filter(({ script }) => wanted === undefined || script === wanted);
if (chosen.length === 0) {
  const known = [...new Set(documents.map(({ script }) => script))].join(", ");
  console.error(`there is no document "${wanted}"; there are ${known}`);
  process.exitCode = 2;
}
for (const document of chosen) {
  await writeDocument(document);
  console.log(`wrote ${document.path}`);
}
