import { compileIntrinsic, evaluateIntrinsic } from './intrinsics.ts';
import { isObject, type Json, type JsonObject } from './json.ts';
import { compilePath, putAt, readAt } from './paths.ts';

/** Fills a payload template: every key that ends in `.$` takes its value from a path or intrinsic function. */
export function fillTemplate(template: Json, input: Json, context: JsonObject): Json {
  if (Array.isArray(template)) return template.map((one) => fillTemplate(one, input, context));
  if (!isObject(template)) return template;
  const entries = Object.entries(template).map(([key, value]): [string, Json] => {
    if (!key.endsWith('.$') || typeof value !== 'string') return [key, fillTemplate(value, input, context)];
    const filled = value.startsWith('$')
      ? readAt(value, key, input, context)
      : evaluateIntrinsic(value, key, input, context);
    return [key.slice(0, -2), filled];
  });
  return Object.fromEntries(entries);
}

/** Calls back with every fault of a payload template: the dotted key and what is wrong with it. */
export function checkTemplate(
  template: Json | undefined,
  report: (key: string, fault: string) => void,
): void {
  const visit = (value: Json, at: string): void => {
    if (Array.isArray(value)) for (const [i, one] of value.entries()) visit(one, `${at}[${i}]`);
    if (!isObject(value)) return;
    for (const [key, child] of Object.entries(value)) {
      const place = at === '' ? key : `${at}.${key}`;
      if (!key.endsWith('.$')) visit(child, place);
      else if (typeof child !== 'string') report(place, 'must be a JSONPath or an intrinsic function');
      else {
        try {
          if (child.startsWith('$')) compilePath(child);
          else compileIntrinsic(child);
        } catch (error) {
          report(place, String(error instanceof Error ? error.message : error));
        }
      }
    }
  };
  if (template !== undefined) visit(template, '');
}

/** What InputPath or OutputPath lets through; null means an empty object. */
export function filterBy(
  path: string | null | undefined,
  field: string,
  value: Json,
  context: JsonObject,
): Json {
  if (path === undefined) return value;
  return path === null ? {} : readAt(path, field, value, context);
}

/** The raw input combined with a result as ResultPath says; null keeps the input, nothing takes the result. */
export function combine(path: string | null | undefined, raw: Json, result: Json): Json {
  if (path === undefined) return result;
  return path === null ? raw : putAt(compilePath(path), raw, result);
}
