import type { RegistryEntry } from '../../functions/registry/awards/award-record.ts';
import { AwardRegistry } from '../../functions/registry/awards/award-registry.ts';
import { evidenceNumberPartition } from '../../functions/registry/awards/matter-key.ts';

const [otherEnterprises = ''] = evidenceNumberPartition({ kind: '', number: '' }).split('#');

/** A registry for tests of the exact rules, which share their evidence numbers: nothing of another enterprise is met. */
export class ExactRegistry extends AwardRegistry {
  override async look(partition: string): Promise<RegistryEntry> {
    if (partition.startsWith(`${otherEnterprises}#`)) return { awards: [], claim: undefined };
    return super.look(partition);
  }
}

/** Applications that do not meet by what only a person can judge. */
export const noTraces = { leave: async () => {}, find: async () => [] };
