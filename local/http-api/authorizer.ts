/** The JWT authorizer of an HTTP API. */
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose';
import * as z from 'zod';
import type { Authorizer } from './definition.ts';

/** What the function sees of the token. */
export interface AuthorizedToken {
  /** Every value as API Gateway writes it: text, lists as `[a b]`. */
  readonly claims: Readonly<Record<string, string>>;
  /** The token's scopes when the route asks for some. */
  readonly scopes: readonly string[] | null;
}

export type Authorization =
  | { readonly outcome: 'granted'; readonly token: AuthorizedToken }
  | { readonly outcome: 'unauthorized' | 'forbidden'; readonly challenge: string };

/** API Gateway verifies RSA signatures only. */
const algorithms = ['RS256', 'RS384', 'RS512'];

const discoverySchema = z.object({ jwks_uri: z.url() });

type KeySet = ReturnType<typeof createRemoteJWKSet>;

/** How many verified tokens are remembered. */
const mostRemembered = 1_000;

/** Verifies tokens and keeps the key sets of the issuers. */
export class JwtAuthorizer {
  readonly #keySets = new Map<string, Promise<KeySet>>();
  /** What tokens say whose signatures were right, by issuer and token: most come with many requests. */
  readonly #verified = new Map<string, JWTPayload>();

  /**
   * @param header value of the header that the authorizer names, undefined when the request has none
   * @param scopes scopes of the route, one of which the token must carry
   */
  async authorize(
    authorizer: Authorizer,
    header: string | undefined,
    scopes: readonly string[],
  ): Promise<Authorization> {
    const token = header?.replace(/^Bearer /i, '').trim();
    if (!token) return { outcome: 'unauthorized', challenge: 'Bearer' };
    let payload: JWTPayload;
    try {
      payload = await this.#verify(authorizer.issuer, token);
    } catch (error) {
      return invalid(problemOf(error));
    }
    // A token without an audience names its client instead: the rule of API Gateway.
    const audiences = [payload.aud ?? payload['client_id']].flat();
    if (!audiences.some((audience) => authorizer.audience.includes(String(audience)))) {
      return invalid('the token does not have a valid audience');
    }
    const granted = String(payload['scope'] ?? payload['scp'] ?? '').split(/[ ,]/);
    if (scopes.length > 0 && !scopes.some((scope) => granted.includes(scope))) {
      return {
        outcome: 'forbidden',
        challenge: `Bearer scope="${scopes.join(' ')}" error="insufficient_scope"`,
      };
    }
    const claims = Object.fromEntries(
      Object.entries(payload).map(([name, value]) => [name, claimText(value)]),
    );
    return { outcome: 'granted', token: { claims, scopes: scopes.length > 0 ? granted : null } };
  }

  async #verify(issuer: string, token: string): Promise<JWTPayload> {
    const name = `${issuer} ${token}`;
    const known = this.#verified.get(name);
    if (known?.exp !== undefined && known.exp > Math.floor(Date.now() / 1_000)) return known;
    const keys = await this.#keySet(issuer);
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      issuer,
      algorithms,
      requiredClaims: ['exp'],
    });
    // A set of one key would do without; API Gateway looks a key up by its name and by nothing else.
    if (!protectedHeader.kid) throw new errors.JWSInvalid('the token names no key');
    if (payload.iat !== undefined && payload.iat > Date.now() / 1_000) {
      throw new errors.JWTClaimValidationFailed('the token is of the future', payload, 'iat');
    }
    if (this.#verified.size >= mostRemembered) this.#verified.clear();
    this.#verified.set(name, payload);
    return payload;
  }

  #keySet(issuer: string): Promise<KeySet> {
    let keySet = this.#keySets.get(issuer);
    if (!keySet) {
      keySet = discover(issuer);
      this.#keySets.set(issuer, keySet);
      // An issuer that was away for a moment is asked again with the next token.
      keySet.catch(() => this.#keySets.delete(issuer));
    }
    return keySet;
  }
}

async function discover(issuer: string): Promise<KeySet> {
  const response = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  if (!response.ok) throw new Error(`the issuer's discovery document answers ${response.status}`);
  return createRemoteJWKSet(new URL(discoverySchema.parse(await response.json()).jwks_uri));
}

function invalid(description: string): Authorization {
  const challenge = `Bearer scope="" error="invalid_token" error_description="${description}"`;
  return { outcome: 'unauthorized', challenge };
}

function problemOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'the token has expired';
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'iss') {
    return "claim issuer does not match Issuer in the authorizer's configuration";
  }
  if (error instanceof errors.JOSEError) return 'signing method or signature is invalid';
  return 'unable to reach the issuer';
}

/** API Gateway formats claims as Go does: `[a b]` for lists, `map[k:v]` for objects. */
function claimText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(claimText).join(' ')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
    return `map[${entries.map(([key, inner]) => `${key}:${claimText(inner)}`).join(' ')}]`;
  }
  return value === null || value === undefined ? '<nil>' : String(value);
}
