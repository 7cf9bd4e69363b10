import type { OpenItem } from './queries.ts';

/** What was answered in the check without a login, as the API takes it. */
interface Answers {
  readonly enterprise: Readonly<Record<string, unknown>>;
  readonly facts: Readonly<Record<string, unknown>>;
}

const name = 'portal.answers';

/** Takes answers along to the draft that is begun next: over a login too, in this tab alone. */
export function takeAlong(answers: Answers): void {
  sessionStorage.setItem(name, JSON.stringify(answers));
}

/** Answers that were taken along, as far as an item asks for them. */
export function takenAlong({ facts }: Pick<OpenItem, 'facts'>): Answers | undefined {
  const kept = sessionStorage.getItem(name);
  if (kept === null) return undefined;
  const answers: Answers = JSON.parse(kept);
  const asked = facts.flatMap(({ id }) => (id in answers.facts ? [[id, answers.facts[id]]] : []));
  return { enterprise: answers.enterprise, facts: Object.fromEntries(asked) };
}

/** They stand in a draft now. */
export function forgetAnswers(): void {
  sessionStorage.removeItem(name);
}
