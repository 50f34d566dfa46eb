/**
 * Puts values where `{{name}}` stands. What is put in is not searched again, so no value can name
 * another. A name without a value, or a value without a place, is a mistake in our files.
 */
export function fillTemplate(template: string, values: Readonly<Record<string, string>>): string {
  const unused = new Set(Object.keys(values));
  const filled = template.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`The template names {{${name}}}, which has no value.`);
    unused.delete(name);
    return value;
  });
  if (unused.size > 0) throw new Error(`The template has no place for: ${[...unused].join(", ")}.`);
  return filled;
}
