import type { Octokit } from "@octokit/rest";
import type { RepositoryRef } from "../../domain/epic.ts";
import { isStateLabel, stateLabel } from "../../domain/state-label.ts";
import type { GitHub } from "../../ports/git-hub.ts";
import type { Connection } from "./connection.ts";
import { unlessStatus } from "./github-error.ts";
import { coordinates, PAGE_SIZE } from "./repository.ts";

const LABEL_COLOR = "5319e7";

type LabelMethods = Pick<GitHub, "setStateLabel">;

/** Labels one by one instead of the whole list at once, which would undo a person's own change. */
export function labelMethods(connection: Connection): LabelMethods {
  return {
    setStateLabel: async (repository, number, state) => {
      const octokit = connection.repository(repository, "talk");
      const where = { ...coordinates(repository), issue_number: number };
      const { data } = await octokit.rest.issues.listLabelsOnIssue({
        ...where,
        per_page: PAGE_SIZE,
      });
      const wanted = stateLabel(state);
      const present = data.map(({ name }) => name).filter(isStateLabel);
      if (!present.includes(wanted)) {
        await makeLabel(octokit, repository, wanted);
        await octokit.rest.issues.addLabels({ ...where, labels: [wanted] });
      }
      for (const name of present.filter((label) => label !== wanted)) {
        await unlessStatus(
          [404],
          () => octokit.rest.issues.removeLabel({ ...where, name }),
          () => null,
        );
      }
    },
  };
}

async function makeLabel(octokit: Octokit, repository: RepositoryRef, name: string): Promise<void> {
  const where = coordinates(repository);
  await unlessStatus(
    [404],
    () => octokit.rest.issues.getLabel({ ...where, name }),
    () =>
      unlessStatus(
        // Someone else made it in between.
        [422],
        () =>
          octokit.rest.issues.createLabel({
            ...where,
            name,
            color: LABEL_COLOR,
            description: "Set by FactoryFactory; shows where this stands",
          }),
        () => null,
      ),
  );
}
