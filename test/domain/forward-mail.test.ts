import { expect, test } from "vitest";
import { cancelEpic } from "../../src/domain/decide-epic.ts";
import { landed } from "../../src/domain/decide-landing.ts";
import { cancelTask } from "../../src/domain/decide-task.ts";
import type { Decision, EpicView } from "../../src/domain/epic-view.ts";
import type { Mail } from "../../src/domain/mail.ts";
import { settle } from "../../src/domain/settle.ts";
import {
  agentsOf,
  anAgent,
  anyBounds,
  aTask,
  completed,
  decisionOf,
  mailTo,
  person,
  profilesOf,
  publishing,
  viewOf,
} from "../support/epic-view.ts";

const rules = { maxWorkers: 2, profiles: profilesOf("opus", "sonnet"), bounds: anyBounds };
const remark: Mail = {
  ...mailTo("worker/1", 4),
  from: { kind: "human", actor: person },
  body: "Mind the prices.",
};

function settled(view: EpicView, decision: Decision): Decision {
  return settle(view, decision, rules);
}

test("what a person wrote to a worker that ends unread goes to its supervisor (H3)", () => {
  const agents = [anAgent("supervisor", "ASLEEP"), anAgent("worker/1")];
  const unreadMail = [remark, mailTo("worker/1", 5)];
  const view = viewOf([publishing(1), completed(2)], { agents, unreadMail });
  const decision = settled(view, landed(view, 1));

  expect(decision.mailSettled).toEqual([4]);
  expect(decision.mail).toEqual([
    {
      to: "supervisor",
      from: remark.from,
      subject: expect.stringContaining("For worker/1"),
      body: "Mind the prices.",
    },
  ]);
  expect(agentsOf(decision)).toMatchObject({ supervisor: "STARTING" });
});

test("so does what was for a task that is cancelled, once (H3)", () => {
  const view = viewOf([aTask(1, { state: "IN_PROGRESS" })], { unreadMail: [remark] });
  const decision = settled(view, decisionOf(cancelTask(view, 1, "Not wanted.")));

  expect(decision.mail?.map(({ body }) => body)).toEqual([
    expect.stringContaining("Not wanted."),
    "Mind the prices.",
  ]);
  expect(decision.mailSettled).toEqual([4]);
});

test("mail stays with a worker that will read it, and in an epic that has ended (H3)", () => {
  const view = viewOf([aTask(1, { state: "IN_PROGRESS" })], { unreadMail: [remark] });
  const cancelled = decisionOf(cancelEpic(view, { by: person, reason: "" }));

  expect(settled(view, {}).mailSettled).toBeUndefined();
  expect(settled(view, cancelled).mailSettled).toBeUndefined();
});
