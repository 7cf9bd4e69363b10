import type { Content } from '../applications/application.ts';
import type { OpenedItem } from '../policy/policy-book.ts';
import type { Notice } from '../policy/schema.ts';

/** What the notice writes for the government of the district where a firm is registered. */
const districtsOfAll = 'districts';

/**
 * Departments whose sign-off an application needs, each once: those that lead the item, `district-<code>` for the
 * district of registration, and the successor of one that has ended.
 */
export function leadDepartments(notice: Notice, { law }: OpenedItem, content: Content): string[] {
  const departments = law.part.lead.map((lead) =>
    lead === districtsOfAll ? `district-${content.enterprise.district}` : presentDepartment(notice, lead),
  );
  return [...new Set(departments)];
}

function presentDepartment(notice: Notice, id: string): string {
  const passed = new Set<string>();
  let present = id;
  for (;;) {
    const { successor } = notice.departments.find((department) => department.id === present) ?? {};
    if (successor === undefined || passed.has(successor)) return present;
    passed.add(present);
    present = successor;
  }
}
