import { documents, writeDocument } from "./documents.ts";
import { recordRun } from "./record-run.ts";

// Writes the documents that come from the code: `npm run docs:env`, `npm run docs:reference`,
// `npm run docs:picture`. Without a name it writes all of them. `record` runs the demo first and
// keeps what the picture shows.

const wanted = process.argv[2];
if (wanted === "record") await recordRun();
const script = wanted === "record" ? "picture" : wanted;
const chosen = documents.filter((document) => script === undefined || document.script === script);
if (chosen.length === 0) {
  const known = [...new Set(documents.map((document) => document.script)), "record"].join(", ");
  console.error(`there is no document "${wanted}"; there are ${known}`);
  process.exitCode = 2;
}
for (const document of chosen) {
  await writeDocument(document);
  console.log(`wrote ${document.path}`);
}
