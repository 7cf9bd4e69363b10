import type { Guard } from '../shared/table.ts';
import type { OrganisationCode } from '../shared/vocabulary.ts';

/** What attributes of interests begin with. */
export const interestPrefix = 'of:';

/** Attribute of the interests item that stands for an organisation. */
export function interestAttribute(organisation: OrganisationCode): string {
  return `${interestPrefix}${organisation}`;
}

/** The guard that an item is at the version it was read at; 0 when there was none. */
export function unchanged(version: number): Guard {
  if (version === 0) return { when: 'attribute_not_exists(pk)' };
  return {
    when: '#version = :version',
    names: { '#version': 'version' },
    values: { ':version': version },
  };
}
