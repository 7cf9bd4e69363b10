import { fen } from '../../shared/money.ts';
import { type Clawback, isOverdue } from './clawback.ts';

/** A clawback as officials see it. @param now by which it may be overdue */
export function clawbackView(clawback: Clawback, now: Date) {
  const { poolId: _, version: __, ...shown } = clawback;
  return {
    ...shown,
    recoveredFen: 'recoveredFen' in clawback ? clawback.recoveredFen : fen(0),
    ...('decision' in clawback && { decidedBy: clawback.decision.by }),
    ...(clawback.status === 'refused' && { refusal: clawback.decision.reason }),
    overdue: isOverdue(clawback, now),
  };
}
