import type { Notice } from '../../policy/notice/notice-schema.ts';
import { adjudicators } from './own-task.ts';

/** Stands in the notice for the district where a firm is registered, and is nobody's department. */
const everyDistrict = 'districts';

/** Whom people may decide for: the departments of the notice, its districts one by one, and the adjudicators. */
export function loginDepartments({
  departments,
  districts,
}: Pick<Notice, 'departments' | 'districts'>): string[] {
  return [
    ...departments.map(({ id }) => id).filter((id) => id !== everyDistrict),
    ...Object.keys(districts).map((code) => `district-${code}`),
    adjudicators,
  ];
}
