/** Route keys of an HTTP API: `GET /v1/x/{id}`, `ANY /files/{path+}`, `$default`. */

type Segment =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'greedy'; readonly name: string };

export interface RoutePattern {
  /** `ANY` for every method. */
  readonly method: string;
  /** Undefined for `$default`, which takes what nothing else does. */
  readonly segments?: readonly Segment[];
}

/** Parses a route key. Throws when it is none. */
export function compileRoute(key: string): RoutePattern {
  if (key === '$default') return { method: 'ANY' };
  const [, method, path] = /^([A-Z]+) (\/.*)$/.exec(key) ?? [];
  if (!method || !path) throw new Error(`${key} is no route key`);
  const parts = path === '/' ? [] : path.slice(1).split('/');
  const segments = parts.map((part, index): Segment => {
    const [, name, plus] = /^\{([^}+]+)(\+?)\}$/.exec(part) ?? [];
    if (!name) return { kind: 'text', text: part };
    if (plus && index < parts.length - 1) throw new Error(`${key}: {${name}+} must stand last`);
    return { kind: plus ? 'greedy' : 'variable', name };
  });
  return { method, segments };
}

export interface RouteMatch<R> {
  readonly route: R;
  /** Decoded. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

/**
 * The route that API Gateway would choose: full paths before greedy ones before `$default`, fixed segments
 * before variables from left to right, the method before ANY. `path` is still percent-encoded; throws a
 * URIError when its encoding is broken.
 */
export function matchRoute<R extends { readonly pattern: RoutePattern }>(
  routes: readonly R[],
  method: string,
  path: string,
): RouteMatch<R> | undefined {
  const parts = path === '/' ? [] : path.slice(1).split('/');
  let best: { rank: string; match: RouteMatch<R> } | undefined;
  for (const route of routes) {
    if (route.pattern.method !== 'ANY' && route.pattern.method !== method) continue;
    const pathParameters = matchSegments(route.pattern.segments, parts);
    if (!pathParameters) continue;
    const rank = rankOf(route.pattern);
    if (!best || rank < best.rank) best = { rank, match: { route, pathParameters } };
  }
  return best?.match;
}

function matchSegments(
  segments: readonly Segment[] | undefined,
  parts: readonly string[],
): Record<string, string> | undefined {
  if (!segments) return {};
  const parameters: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const part = parts[index];
    if (part === undefined || (part === '' && segment.kind !== 'text')) return undefined;
    if (segment.kind === 'greedy') {
      parameters[segment.name] = decodeURIComponent(parts.slice(index).join('/'));
      return parameters;
    }
    if (segment.kind === 'variable') parameters[segment.name] = decodeURIComponent(part);
    else if (segment.text !== decodeURIComponent(part)) return undefined;
  }
  return segments.length === parts.length ? parameters : undefined;
}

/** Sorts by precedence: the smaller string wins. */
function rankOf({ method, segments }: RoutePattern): string {
  if (!segments) return '3';
  const greedy = segments.at(-1)?.kind === 'greedy';
  const shape = segments
    .map(({ kind }) => (kind === 'text' ? '0' : kind === 'variable' ? '1' : '2'))
    .join('');
  return `${greedy ? '2' : '1'}${shape}|${method === 'ANY' ? '1' : '0'}`;
}
