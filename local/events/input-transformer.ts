import type { BusEvent } from '../contracts.ts';

/** Compiles the simple JSON paths of EventBridge: `$`, `.name`, `['name']` and `[0]`. */
export function readPath(resource: string, path: string): (value: unknown) => unknown {
  const steps = [...path.matchAll(/\.([\w-]+)|\['([^']+)'\]|\[(\d+)\]/g)];
  if (`$${steps.map(([step]) => step).join('')}` !== path) {
    throw new Error(`${resource}: path "${path}" is not supported`);
  }
  const keys = steps.map(([, name, quoted, index]) => name ?? quoted ?? Number(index));
  return (value) => keys.reduce(stepInto, value);
}

function stepInto(value: unknown, key: string | number): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.entries(value).find(([name]) => name === String(key))?.[1];
}

/**
 * Compiles an InputTransformer. A `<name>` inside a JSON string becomes text of that string, elsewhere the JSON of its
 * value. Throws for a name that no path defines.
 */
export function compileTransformer(
  resource: string,
  paths: Readonly<Record<string, string>>,
  template: string,
  rule: { readonly name: string; readonly arn: string },
): (event: BusEvent) => unknown {
  const variables = new Map<string, (event: BusEvent) => unknown>([
    ['aws.events.rule-arn', () => rule.arn],
    ['aws.events.rule-name', () => rule.name],
    ['aws.events.event.ingestion-time', (event) => event.time],
    ['aws.events.event', ({ detail: _detail, ...rest }) => rest],
    ['aws.events.event.json', (event) => event],
  ]);
  for (const [name, path] of Object.entries(paths)) variables.set(name, readPath(resource, path));

  const pieces = splitTemplate(template);
  for (const piece of pieces) {
    if (typeof piece !== 'string' && !variables.has(piece.name)) {
      throw new Error(`${resource}: InputTemplate has <${piece.name}>, which InputPathsMap does not define`);
    }
  }
  return (event) => {
    const text = pieces.map((piece) => {
      if (typeof piece === 'string') return piece;
      const value = variables.get(piece.name)?.(event);
      if (!piece.quoted) return JSON.stringify(value ?? null);
      const plain = typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
      return JSON.stringify(plain).slice(1, -1);
    });
    return parseOrText(text.join(''));
  };
}

interface Variable {
  readonly name: string;
  /** It stands inside a JSON string. */
  readonly quoted: boolean;
}

function splitTemplate(template: string): (string | Variable)[] {
  const pieces: (string | Variable)[] = [];
  let quoted = false;
  for (const [token] of template.matchAll(/\\[\s\S]|<[\w.-]+>|[\s\S]/g)) {
    if (token.length > 2 && token.startsWith('<')) {
      pieces.push({ name: token.slice(1, -1), quoted });
      continue;
    }
    if (token === '"') quoted = !quoted;
    pieces.push(token);
  }
  return pieces;
}

/** A template may also be plain text, which the target then gets as a string. */
function parseOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
