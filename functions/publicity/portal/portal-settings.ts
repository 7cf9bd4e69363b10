import type { Environment } from '../../shared/environment.ts';
import type { PortalOrigins } from './answer-page.ts';

/** What the portal has to know before anybody has logged in. */
export interface PortalSettings {
  readonly origins: PortalOrigins;
  /** What `/portal.json` says: issuer, client and scope of the login, and what pages end with. */
  readonly told: Readonly<Record<string, unknown>>;
}

/** Settings of the portal from its door's variables. @throws SyntaxError when they are no JSON. */
export function portalSettings(variables: Environment<'api/portal'>): PortalSettings {
  const { OIDC_ISSUER: issuer, AWS_ENDPOINT_URL_S3: uploads = variables.UPLOADS_URL } = variables;
  return {
    origins: { issuer: new URL(issuer).origin, uploads: new URL(uploads).origin },
    told: { issuer, ...JSON.parse(variables.PORTAL_SETTINGS) },
  };
}
