import { DomainError } from '../../functions/shared/errors.ts';

/** What a pure decision comes to; of a refusal its code, and each place at fault with the rule that it breaks. */
export function answerOf<T>(decide: () => T): T | string[] {
  try {
    return decide();
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return [error.code, ...(error.faults ?? []).map(({ path, rule }) => `${path} ${rule}`)];
  }
}
