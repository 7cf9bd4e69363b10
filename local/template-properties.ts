import type * as z from 'zod';
import type { ResolvedProperties } from './contracts.ts';

/**
 * Parses the properties of a resource of the template. A property that is neither in the schema nor known to make no
 * difference here is an error with its name: what the template asks and the laptop cannot do must not pass silently.
 * @param resource how to call the resource in the error, for example `Documents (AWS::S3::Bucket)`
 * @param cosmetic top-level properties that change nothing on a laptop
 */
export function parseProperties<T>(
  resource: string,
  schema: z.ZodType<T>,
  cosmetic: readonly string[],
  properties: ResolvedProperties,
): T {
  const wanted = Object.fromEntries(Object.entries(properties).filter(([name]) => !cosmetic.includes(name)));
  const parsed = schema.safeParse(wanted);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') return [`${pathOf(issue.path)}: ${issue.message}`];
    return issue.keys.map((key) => `${pathOf([...issue.path, key])} is not supported on a laptop`);
  });
  throw new Error(`${resource}: ${faults.join('; ')}`);
}

function pathOf(path: readonly PropertyKey[]): string {
  return path.map(String).join('.') || 'properties';
}
