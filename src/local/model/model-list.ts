/** What GET /v1/models answers where the script names no models. */
const defaultModels = ["claude-opus-5-5", "claude-sonnet-5-5", "claude-haiku-5-5"];
const since = "2026-01-01T00:00:00Z";

/** One page with all models. */
export function modelList(models: readonly string[] = defaultModels): object {
  return {
    data: models.map(modelInfo),
    has_more: false,
    first_id: models.at(0) ?? null,
    last_id: models.at(-1) ?? null,
  };
}

/** One model, as the provider describes it. */
export function modelInfo(id: string): object {
  return {
    type: "model",
    id,
    display_name: id,
    created_at: since,
    lifecycle: "active",
    line: null,
    deprecated_at: null,
    retires_at: null,
    capabilities: null,
    max_input_tokens: null,
    max_tokens: null,
  };
}
