import type { Endpoint } from "../server/route.ts";
import { appRoutes } from "./app.ts";
import { appHookRoutes } from "./app-hook.ts";
import { checkRunRoutes } from "./check-runs.ts";
import { checkSuiteRoutes } from "./check-suites.ts";
import { commentRoutes } from "./comments.ts";
import { commitRoutes } from "./commits.ts";
import { compareRoutes } from "./compare.ts";
import { contentRoutes } from "./contents.ts";
import { dependencyRoutes } from "./dependencies.ts";
import { generalRoutes } from "./general.ts";
import { gitRefRoutes } from "./git-refs.ts";
import { issueRoutes } from "./issues.ts";
import { labelRoutes } from "./labels.ts";
import { manifestRoutes } from "./manifest.ts";
import { pullRoutes } from "./pulls.ts";
import { reactionRoutes } from "./reactions.ts";
import { reviewRoutes } from "./reviews.ts";
import { subIssueRoutes } from "./sub-issues.ts";

/** Every REST route of the stand-in. */
export const restRoutes: readonly Endpoint[] = [
  ...appRoutes,
  ...appHookRoutes,
  ...checkRunRoutes,
  ...checkSuiteRoutes,
  ...commentRoutes,
  ...commitRoutes,
  ...compareRoutes,
  ...contentRoutes,
  ...dependencyRoutes,
  ...generalRoutes,
  ...gitRefRoutes,
  ...issueRoutes,
  ...labelRoutes,
  ...manifestRoutes,
  ...pullRoutes,
  ...reactionRoutes,
  ...reviewRoutes,
  ...subIssueRoutes,
];
