type Environment = Readonly<Record<string, string | undefined>>;

/** What a run of the demo sets itself: its stand-ins, folders and ports. */
const setByDemo = [
  ...["APP_ID", "PRIVATE_KEY", "WEBHOOK_SECRET", "GHE_HOST", "GHE_PROTOCOL", "HOST", "PORT"],
  ...["DATA_DIR", "RUNTIME_DIR", "HOST_NAME", "BROKER_SOCKET", "BROKER_SECRET", "EPIC_LABEL"],
  "ANTHROPIC_AUTH_TOKEN",
];
/** What it uses by other ways than handing it on. */
const usedByDemo = ["DATABASE_URL", "REDIS_URL", "ANTHROPIC_API_KEY"];
/** With the scripted model, nobody is at another address. */
const ofRealModel = "ANTHROPIC_BASE_URL";

export type ProductEnvironment = {
  /** For the product, as the person set it. */
  readonly handedOn: Readonly<Record<string, string>>;
  /** Set by the person and without effect here, by name. */
  readonly ignored: readonly string[];
};

/**
 * What a person's environment says about the product, as far as it has a meaning in the demo.
 *
 * @param names every variable of the product; each may be given as `NAME_FILE`, too
 */
export function productEnvironment(
  environment: Environment,
  names: readonly string[],
): ProductEnvironment {
  const given = names.flatMap((name) =>
    [name, `${name}_FILE`].flatMap((key) => {
      const value = environment[key];
      return value ? [{ name, key, value }] : [];
    }),
  );
  const isReal = Boolean(environment["ANTHROPIC_API_KEY"]);
  const withoutEffect = isReal ? setByDemo : [...setByDemo, ofRealModel];
  // A file of what the demo reads itself is read by nobody.
  const isIgnored = ({ name, key }: (typeof given)[number]) =>
    withoutEffect.includes(name) || (usedByDemo.includes(name) && key !== name);
  return {
    handedOn: Object.fromEntries(
      given
        .filter((one) => !isIgnored(one) && !usedByDemo.includes(one.name))
        .map(({ key, value }) => [key, value]),
    ),
    ignored: given.filter(isIgnored).map(({ key }) => key),
  };
}
