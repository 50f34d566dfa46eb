import type { Endpoint } from "../server/route.ts";
import { appRoutes } from "./app.ts";
import { checkRunRoutes } from "./check-runs.ts";
import { checkSuiteRoutes } from "./check-suites.ts";
import { commentRoutes } from "./comments.ts";
import { commitRoutes } from "./commits.ts";
import { generalRoutes } from "./general.ts";
import { gitRefRoutes } from "./git-refs.ts";
import { issueRoutes } from "./issues.ts";
import { labelRoutes } from "./labels.ts";
import { manifestRoutes } from "./manifest.ts";
import { pullRoutes } from "./pulls.ts";
import { reactionRoutes } from "./reactions.ts";
import { relationRoutes } from "./relations.ts";
import { reviewRoutes } from "./reviews.ts";

/** Every REST route of the stand-in. */
export const restRoutes: readonly Endpoint[] = [
  ...appRoutes,
  ...checkRunRoutes,
  ...checkSuiteRoutes,
  ...commentRoutes,
  ...commitRoutes,
  ...generalRoutes,
  ...gitRefRoutes,
  ...issueRoutes,
  ...labelRoutes,
  ...manifestRoutes,
  ...pullRoutes,
  ...reactionRoutes,
  ...relationRoutes,
  ...reviewRoutes,
];
