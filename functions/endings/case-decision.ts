import type { Suspected } from '../duplicates/cases/suspected.ts';
import { adjudicationStage, reasonOf } from '../duplicates/screening/adjudication.ts';
import type { Verdict } from '../duplicates/screening/verdict.ts';
import type { Application } from '../filing/applications/application.ts';
import type { Suspicion } from '../filing/applications/suspicion.ts';
import { inBoth, type Remark } from '../review/sign-off/decision.ts';
import { DomainError, type FieldFault } from '../shared/errors.ts';
import { type Fen, sumFen } from '../shared/money.ts';

/** What an adjudicator says of each pair of a case, and why. */
export interface CaseDecision {
  readonly verdicts: readonly {
    readonly id: string;
    readonly verdict: Verdict['verdict'];
    /** What the other side was paid of the same matter: with `top-up`, and only there. */
    readonly paidFen?: Fen | undefined;
  }[];
  readonly reason: Remark;
}

/** A case as it is decided: whose, by whom and when. */
interface DecidedCase {
  readonly application: Suspected;
  readonly suspicions: readonly Suspicion[];
  readonly decision: CaseDecision;
  /** The adjudicator. */
  readonly by: string;
  readonly at: string;
}

/**
 * What an adjudicator's decision makes of a case: a verdict on each pair, the application as it goes on, and the note
 * of its history. Before the pool it goes back to the duplicate check, which applies the verdicts. One that was held
 * goes on as it was, or ends as a duplicate.
 * @throws DomainError invalid-request for a pair without a verdict or a verdict without a pair; not-in-this-state for a
 * top-up of what is in its pool already.
 */
export function decideCase({ application, suspicions, decision, by, at }: DecidedCase) {
  requireEveryPair(suspicions, decision);
  const verdicts = suspicions.map((suspicion) => verdictOn(suspicion, decision, { application, by, at }));
  const changed: Pick<Suspected, 'version' | 'updatedAt' | 'deciders'> = {
    version: application.version + 1,
    updatedAt: at,
    deciders: { ...application.deciders, [by]: adjudicationStage },
  };
  const note = {
    at,
    actor: { id: by, role: 'adjudicator' },
    event: 'adjudicated',
    stage: adjudicationStage,
  } as const;
  if (application.status === 'adjudication') {
    const { adjudication: _, ...rest } = application;
    return {
      verdicts,
      to: { ...rest, ...changed, status: 'deduplication' } as Application,
      note,
      ends: false,
    };
  }
  const { hold: _, ...rest } = application;
  const reasons = verdicts.flatMap((verdict, index) => {
    const suspicion = suspicions[index];
    return verdict.verdict === 'duplicate' && suspicion ? [reasonOf(suspicion, verdict)] : [];
  });
  if (reasons.length > 0) {
    const to: Application = { ...rest, ...changed, status: 'duplicate', reasons };
    return { verdicts, to, note: { ...note, event: 'found-duplicate' as const, reasons }, ends: true };
  }
  if (sumFen(verdicts.map(({ paidFen }) => paidFen ?? 0)) > 0) {
    // Lowering an award that is under notice changes what was published: that is the order's to do.
    throw new DomainError('not-in-this-state', {
      detail: {
        zh: '已入库的申报不能在此补差额：请裁定为同一事项或不同事项',
        en: 'an application that is in its pool is not topped up here: decide duplicate or not duplicate',
      },
    });
  }
  return { verdicts, to: { ...rest, ...changed } as Application, note, ends: false };
}

function requireEveryPair(suspicions: readonly Suspicion[], { verdicts }: CaseDecision): void {
  const given = new Map(verdicts.map((verdict) => [verdict.id, verdict]));
  const faults: FieldFault[] = suspicions.flatMap(({ id }, index) => {
    const verdict = given.get(id);
    const path = `verdicts.${index}`;
    if (!verdict) {
      const message = { zh: `缺少对 ${id} 的裁定`, en: `there is no verdict on ${id}` };
      return [{ path, rule: 'every-pair', message, citation: '三(二)' }];
    }
    if ((verdict.verdict === 'top-up') !== (verdict.paidFen !== undefined)) {
      const message = {
        zh: '补差额应填写对方已付金额，其他裁定不填',
        en: 'a top-up says what the other side was paid, other verdicts do not',
      };
      return [{ path: `${path}.paidFen`, rule: 'with-top-up', message, citation: '三(二)' }];
    }
    return [];
  });
  const unknown = verdicts.filter(({ id }) => !suspicions.some((suspicion) => suspicion.id === id));
  for (const { id } of unknown) {
    const message = { zh: `本案没有 ${id}`, en: `the case has no pair ${id}` };
    faults.push({ path: 'verdicts', rule: 'known-pair', message });
  }
  if (faults.length > 0) throw new DomainError('invalid-request', { faults });
}

function verdictOn(
  { id, rule, probability }: Suspicion,
  { verdicts, reason }: CaseDecision,
  { application, by, at }: Pick<DecidedCase, 'application' | 'by' | 'at'>,
): Verdict {
  const given = verdicts.find((verdict) => verdict.id === id);
  if (!given) throw new Error(`no verdict on ${id}`);
  const { verdict, paidFen } = given;
  return {
    ...{ id, rule, verdict, by, at },
    applicationId: application.applicationId,
    reason: inBoth(reason),
    ...(probability !== undefined && { probability }),
    ...(paidFen !== undefined && { paidFen }),
  };
}
