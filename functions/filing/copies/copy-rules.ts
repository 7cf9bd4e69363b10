import { checkFacts } from '../../policy/guides/check-facts.ts';
import type { OpenedItem } from '../../policy/guides/policy-book.ts';
import type { FieldFault } from '../../shared/errors.ts';
import type { Application } from '../applications/application.ts';
import type { DraftBody } from '../applications/edit-draft.ts';
import { withoutHashes } from '../enterprise/identity.ts';

/** What an application stated as the content of a new draft: facts that the guide still has, in the form that it has now. */
export function copiedBody({ content }: Pick<Application, 'content'>, opened: OpenedItem): DraftBody {
  const dropped = new Set(factFaults(content, opened).map(({ path }) => path));
  const { enterprise, facts, ...rest } = content;
  const name = enterprise.statedName ?? enterprise.name;
  return {
    ...rest,
    enterprise: { ...withoutHashes(enterprise), name },
    facts: Object.fromEntries(Object.entries(facts).filter(([id]) => !dropped.has(`facts.${id}`))),
    // They were confirmed when they were stated first.
    confirmUscc: true,
  };
}

/** What of an application is not in its copy under a guide, each with the reason. */
export function leftOutOf({ content }: Pick<Application, 'content'>, opened: OpenedItem): FieldFault[] {
  const { legalRepresentativeHash, bankAccountHash } = content.enterprise;
  const message = {
    zh: '只留有无法还原的摘要，可能已变更：请重新填写',
    en: 'only a hash of it is kept, and it may have changed: please state it again',
  };
  const personal = [
    ...(legalRepresentativeHash === undefined ? [] : ['enterprise.legalRepresentative']),
    ...(bankAccountHash === undefined ? [] : ['enterprise.bankAccount']),
  ];
  return [
    ...factFaults(content, opened),
    ...personal.map((path) => ({ path, rule: 'stated-again', message })),
  ];
}

function factFaults({ facts }: Application['content'], { item, guide }: OpenedItem): FieldFault[] {
  return checkFacts(item, guide.version, facts, false);
}
