import { z } from "zod";
import { emitLabel } from "../events/issue-events.ts";
import {
  checkLabelName,
  createLabel,
  labelIdsOf,
  labelNamed,
  setLabels,
} from "../issue-changes.ts";
import { notFound, validationFailed } from "../server/github-error.ts";
import { paged } from "../server/paging.ts";
import {
  created,
  noContent,
  ok,
  type Reply,
  type RepositoryCall,
  repositoryRoute,
} from "../server/route.ts";
import type { LabelRow } from "../store/conversations.ts";
import { renderLabel, renderLabels } from "../views/issue.ts";
import type { World } from "../world.ts";
import { readIssues, triageIssues } from "./access-needs.ts";
import { findIssue } from "./find.ts";

const names = z.array(z.union([z.string(), z.object({ name: z.string() })]));
const labelsBody = z.union([z.object({ labels: names }), names]);
const color = z.string().regex(/^[0-9a-fA-F]{6}$/u, "color must be six hexadecimal digits");
const newLabel = z.object({
  name: z.string(),
  color: color.optional(),
  description: z.string().max(100).nullish(),
});
const labelChange = z.object({
  new_name: z.string().optional(),
  color: color.optional(),
  description: z.string().max(100).nullish(),
});

const writeLabels = { ...triageIssues, role: "write" } as const;

export const labelRoutes = [
  repositoryRoute({
    method: "GET",
    template: "/labels",
    access: readIssues,
    handle: (world, call) => {
      const rows = world.tables.labels.find({ repositoryId: call.repository.id });
      return paged(world, call, rows, (row) => renderLabel(world, row));
    },
  }),
  repositoryRoute({
    method: "POST",
    template: "/labels",
    access: writeLabels,
    body: newLabel,
    handle: (world, call) => {
      const { name, description = null, color: given = "ededed" } = call.body;
      const label = { name, description, color: given.toLowerCase() };
      const row = world.transaction(() => createLabel(world, call.repository, label, call.actor()));
      return created(renderLabel(world, row));
    },
  }),
  repositoryRoute({
    method: "GET",
    template: "/labels/{name}",
    access: readIssues,
    handle: (world, call) => ok(renderLabel(world, findLabel(world, call))),
  }),
  repositoryRoute({
    method: "PATCH",
    template: "/labels/{name}",
    access: writeLabels,
    body: labelChange,
    handle: (world, call) => ok(renderLabel(world, changeLabel(world, call))),
  }),
  repositoryRoute({
    method: "DELETE",
    template: "/labels/{name}",
    access: writeLabels,
    handle: deleteLabel,
  }),
  repositoryRoute({
    method: "GET",
    template: "/issues/{issue_number}/labels",
    access: readIssues,
    handle: (world, call) => ok(renderLabels(world, findIssue(world, call))),
  }),
  repositoryRoute({
    method: "POST",
    template: "/issues/{issue_number}/labels",
    access: triageIssues,
    body: labelsBody,
    handle: (world, call) => relabel(world, call, (ids, given) => [...ids, ...given]),
  }),
  repositoryRoute({
    method: "PUT",
    template: "/issues/{issue_number}/labels",
    access: triageIssues,
    body: labelsBody,
    handle: (world, call) => relabel(world, call, (_, given) => given),
  }),
  repositoryRoute({
    method: "DELETE",
    template: "/issues/{issue_number}/labels",
    access: triageIssues,
    handle: (world, call) => {
      const issue = findIssue(world, call);
      world.transaction(() => setLabels(world, issue, [], call.actor()));
      return noContent;
    },
  }),
  repositoryRoute({
    method: "DELETE",
    template: "/issues/{issue_number}/labels/{name}",
    access: triageIssues,
    handle: removeLabel,
  }),
];

function relabel(
  world: World,
  call: RepositoryCall<z.infer<typeof labelsBody>>,
  choose: (present: readonly number[], given: readonly number[]) => readonly number[],
): Reply {
  const issue = findIssue(world, call);
  const asked = "labels" in call.body ? call.body.labels : call.body;
  const plain = asked.map((label) => (typeof label === "string" ? label : label.name));
  const changed = world.transaction(() => {
    const given = labelIdsOf(world, call.repository, plain, call.actor());
    const ids = [...new Set(choose(issue.labelIds, given))];
    return setLabels(world, issue, ids, call.actor());
  });
  return ok(renderLabels(world, changed));
}

function removeLabel(world: World, call: RepositoryCall<null>): Reply {
  const issue = findIssue(world, call);
  const label = labelNamed(world, call.repository, call.params["name"] ?? "");
  if (label === null || !issue.labelIds.includes(label.id)) throw notFound("Label does not exist");
  const rest = issue.labelIds.filter((id) => id !== label.id);
  const changed = world.transaction(() => setLabels(world, issue, rest, call.actor()));
  return ok(renderLabels(world, changed));
}

function changeLabel(world: World, call: RepositoryCall<z.infer<typeof labelChange>>): LabelRow {
  const label = findLabel(world, call);
  const { new_name: name = label.name, color: given, description = label.description } = call.body;
  checkLabelName(name);
  const holder = labelNamed(world, call.repository, name);
  if (holder !== null && holder.id !== label.id) {
    throw validationFailed({ resource: "Label", field: "name", code: "already_exists" });
  }
  return world.transaction(() => {
    const updated = world.tables.labels.update(label.id, {
      name,
      key: name.toLowerCase(),
      color: (given ?? label.color).toLowerCase(),
      description,
    });
    const changes = {
      ...(updated.name === label.name ? {} : { name: { from: label.name } }),
      ...(updated.color === label.color ? {} : { color: { from: label.color } }),
      ...(updated.description === label.description
        ? {}
        : { description: { from: label.description ?? "" } }),
    };
    emitLabel(world, updated, { action: "edited", actor: call.actor(), extra: { changes } });
    return updated;
  });
}

function deleteLabel(world: World, call: RepositoryCall<null>): Reply {
  const label = findLabel(world, call);
  world.transaction(() => {
    for (const issue of world.tables.issues.find({ repositoryId: call.repository.id })) {
      const labelIds = issue.labelIds.filter((id) => id !== label.id);
      if (labelIds.length < issue.labelIds.length) {
        world.tables.issues.update(issue.id, { labelIds });
      }
    }
    emitLabel(world, label, { action: "deleted", actor: call.actor() });
    world.tables.labels.remove(label.id);
  });
  return noContent;
}

function findLabel(world: World, call: RepositoryCall<unknown>): LabelRow {
  const label = labelNamed(world, call.repository, call.params["name"] ?? "");
  if (label === null) throw notFound();
  return label;
}
