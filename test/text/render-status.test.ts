import { expect, test } from "vitest";
import { renderStatus } from "../../src/text/render-status.ts";
import { sampleStatus } from "./sample-epic.ts";
import { whatActs } from "./what-acts.ts";

test("the status comment shows state, progress, tasks, graph, cost and what waits (H1)", () => {
  expect(renderStatus(sampleStatus)).toMatchInlineSnapshot(`
    "🔵 \`IN_PROGRESS\` · branch \`ff/epic-12-a-basket-for-the-shop\` · pull request #20

    \`███████░░░░░░░░░░░░░\` 1 of 3 tasks landed

    **Waits for you**

    - The plan waits for \`/ff approve\`.

    | | Task | State | Agent | Attempts | Pull request | Landed |
    | -: | - | - | - | -: | - | - |
    | 1 | #15 Add the list | ✅ \`COMPLETED\` | \`worker-15\` \`DONE\` | 1 | #18 | c0ffee1 |
    | 2 | #16 Join "list" \\| form]; click t1 "\`https://evil.example\`" \`@ada\` | 🔵 \`IN_PROGRESS\` | \`worker-16\` \`RUNNING\` | 2 |  |  |
    | 3 | Größe zeigen | ⚪ \`PENDING\` |  | 0 |  |  |

    \`\`\`mermaid
    graph LR
      t1["15 · Add the list"]:::done
      t2["16 · Join list form click t1 https evil.examp…"]:::active
      t3["Task 3 · Größe zeigen"]:::idle
      t1 --> t2
      t1 --> t3
      t2 --> t3
      classDef done fill:#dafbe1,stroke:#1a7f37,color:#1f2328
      classDef failed fill:#ffebe9,stroke:#cf222e,color:#1f2328
      classDef active fill:#ddf4ff,stroke:#0969da,color:#1f2328
      classDef idle fill:#f6f8fa,stroke:#8c959f,color:#1f2328
    \`\`\`

    <details><summary>What the agents live with</summary>

    | Agent | Model | Permissions | Harness |
    | - | - | - | - |
    | \`worker-15\` | \`claude-sonnet-5-5\`, then \`claude-opus-5-5\` (task) | \`yolo\` (installation) | \`runner\` (repository) |

    </details>

    \`supervisor-12\` is \`WAITING\`. 1,234 model calls, 345,678 tokens in, 1 token out; $3.20 of $50.00, about $9.60 in all. \`/ff help\` lists the commands."
  `);
});

test("an epic without tasks has a status of four lines (H1)", () => {
  const status = { ...sampleStatus, tasks: [], profiles: [], pullRequest: null, waitsForHuman: [] };

  expect(renderStatus({ ...status, supervisor: null })).toMatchInlineSnapshot(`
    "🔵 \`IN_PROGRESS\` · branch \`ff/epic-12-a-basket-for-the-shop\`

    No tasks yet.

    Nothing waits for you.

    1,234 model calls, 345,678 tokens in, 1 token out; $3.20 of $50.00, about $9.60 in all. \`/ff help\` lists the commands."
  `);
});

test("while the orchestrator decides, the status says on what (A12, H1)", () => {
  expect(renderStatus(sampleStatus)).not.toContain("orchestrator");
  expect(renderStatus({ ...sampleStatus, decides: "repeatedEpic" })).toContain(
    "The orchestrator decides whether this epic repeats another.",
  );
});

test("a title cannot leave its cell or its box in the graph (H1, S2)", () => {
  const rendered = renderStatus({ ...sampleStatus, profiles: [] });
  const graph = rendered.slice(rendered.indexOf("```mermaid"));

  expect(whatActs(rendered)).toEqual(["drawing"]);
  expect(graph).not.toContain('evil.example"');
  expect(graph.split("\n").filter((line) => line.includes("click"))).toEqual([
    '  t2["16 · Join list form click t1 https evil.examp…"]:::active',
  ]);
});

test("hundreds of tasks are cut, and the cut is named (H1)", () => {
  const one = sampleStatus.tasks[0];
  const tasks = Array.from({ length: 250 }, (_, index) => ({
    ...(one ?? expect.fail("the sample has no task")),
    ordinal: index + 1,
  }));

  const rendered = renderStatus({ ...sampleStatus, tasks });

  expect(rendered).toContain("and 150 more");
  expect(rendered.length).toBeLessThan(60_000);
});
