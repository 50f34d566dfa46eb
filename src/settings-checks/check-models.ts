import { type Config, ConfigError } from "../config.ts";
import { nearestName } from "../domain/nearest-name.ts";
import { builtInModels, type ModelList, modelIdOf } from "../gateway/models.ts";
import { costOf } from "../gateway/prices.ts";
import { noUsage } from "../gateway/usage.ts";
import { modelsOf } from "../gateway-settings.ts";
import { shown } from "../settings/say-mistake.ts";
import { error, type Fault, warning } from "./fault.ts";

/** Names of models. One that nobody knows cannot be called, and has no price to be counted at. */
export function checkModels(config: Config): readonly Fault[] {
  const { list, faults } = readList(config);
  return [...faults, ...namesIn(config).flatMap((named) => judge(named, list))];
}

type Named = {
  readonly variable: keyof Config;
  readonly model: string;
  /** Whether calls of it are going to be made. */
  readonly isCalled: boolean;
};

function namesIn(config: Config): readonly Named[] {
  const own = ["WORKER_MODEL", "SUPERVISOR_MODEL", "ORCHESTRATOR_MODEL"] as const;
  return [
    ...own.map((variable) => ({ variable, model: config[variable], isCalled: true })),
    ...config.ALLOWED_MODELS.map((model) => ({
      ...({ variable: "ALLOWED_MODELS", model, isCalled: true } as const),
    })),
    ...Object.keys(config.MODEL_CONTEXT_TOKENS).map((model) => ({
      ...({ variable: "MODEL_CONTEXT_TOKENS", model, isCalled: false } as const),
    })),
  ];
}

function judge({ variable, model, isCalled }: Named, list: ModelList): readonly Fault[] {
  if (costOf(modelIdOf(model, list), noUsage, list.prices) !== null) return [];
  const isAlias = Object.hasOwn(list.aliases, model);
  if (isAlias || /^claude-[a-z0-9-]+$/.test(model)) {
    if (!isCalled) return [];
    const guess = isAlias ? "" : meantBy(model, list);
    return [
      warning(
        variable,
        `${shown(model)} has no price, so its calls count at the dearest one; MODELS_FILE can name it${guess}`,
      ),
    ];
  }
  const known = Object.keys(list.aliases).join(", ");
  return [
    error(
      variable,
      `${shown(model)} is no model; allowed are ${known}, the provider's ids (claude-…), and what MODELS_FILE adds${meantBy(model, list)}`,
    ),
  ];
}

function meantBy(model: string, { aliases, prices }: ModelList): string {
  const names = [...Object.keys(aliases), ...Object.keys(prices)];
  const meant = nearestName(model.toLowerCase(), names);
  return meant === null ? "" : `; did you mean ${meant}?`;
}

/** With a file that cannot be read, names are judged by the built-in list. */
function readList(config: Config): { readonly list: ModelList; readonly faults: readonly Fault[] } {
  try {
    return { list: modelsOf(config), faults: [] };
  } catch (cause) {
    if (!(cause instanceof ConfigError)) throw cause;
    const lines = cause.message.split("\n").map((line) => line.replace(/^MODELS_FILE: /, ""));
    return { list: builtInModels, faults: lines.map((line) => error("MODELS_FILE", line)) };
  }
}
