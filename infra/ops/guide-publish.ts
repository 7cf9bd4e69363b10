import * as z from 'zod';
import { GuideEntrySchema } from '../../functions/contracts/operator.ts';
import { ProblemSchema } from '../../functions/shared/problem.ts';
import { OpsError } from './guide-file.ts';

/** Where a guide goes, and in whose name. */
export interface Target {
  /** Base URL of the environment's API. */
  readonly url: string;
  /** Bearer token of an operator. */
  readonly token: string;
}

/**
 * Publishes a guide in the form of its file.
 * @throws OpsError with everything the API has against it, or when nothing answers.
 */
export async function publish(document: unknown, { url, token }: Target) {
  let response: Response;
  try {
    response = await fetch(`${url}/v1/guides`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(document),
    });
  } catch {
    throw new OpsError(`nothing answers at ${url}`);
  }
  const text = await response.text();
  const answer = z.union([GuideEntrySchema, ProblemSchema]).safeParse(parsed(text)).data;
  if (!answer) throw new OpsError(`${url} answers ${response.status}: ${text.slice(0, 200)}`);
  if (!('code' in answer)) return answer;
  const faults = (answer.errors ?? []).map(({ path, messages }) => `${path}: ${messages.en}`);
  throw new OpsError([`${answer.code}: ${answer.messages.en}`, ...faults].join('\n'));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
