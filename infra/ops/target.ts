import { environmentNames } from '../environments.ts';
import type { Target } from './api-call.ts';
import { OpsError } from './guide-file.ts';

/**
 * Where an environment's API is, with the token that ops gave.
 * @param role whose token is wanted, by the name of a demo user without its number.
 * @throws OpsError without one of both.
 */
export function targetOf(
  environment: string | undefined,
  role: 'operator' | 'approver' | 'auditor' | 'access-admin',
): Required<Target> {
  const url = urlOf(environment);
  const token = process.env['TOKEN'];
  if (!token) {
    const how =
      environment === 'local'
        ? `TOKEN=$(npm run --silent token -- ${role}-1)`
        : `an access token of an ${role} from the environment's OpenID Connect issuer`;
    throw new OpsError(`set TOKEN: ${how}`);
  }
  return { url, token };
}

/** Address of an environment's API. @throws OpsError */
export function urlOf(environment: string | undefined): string {
  if (environment === undefined || !environmentNames.includes(environment)) {
    throw new OpsError(`name an environment: --env ${environmentNames.join('|')}`);
  }
  const url =
    process.env['API_URL'] ||
    (environment === 'local' ? `http://127.0.0.1:${process.env['PORT'] || '3000'}` : undefined);
  if (!url) throw new OpsError(`set API_URL: the output ApiUrl of the api stack of ${environment}`);
  return url.replace(/\/$/, '');
}
