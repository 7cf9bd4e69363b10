import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type RouterHistory,
} from '@tanstack/react-router';
import { filterNames } from './data/task-filter.ts';
import { Broken, NotFound } from './design/parts.tsx';
import { Layout } from './layout.tsx';
import { Home } from './pages/home.tsx';

const root = createRootRoute({ component: Layout, notFoundComponent: NotFound });

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined;

/** A search of an address: those of the names that have a text, and nothing else. */
function search<const N extends string>(...names: readonly N[]) {
  return (given: Record<string, unknown>): { readonly [K in N]?: string | undefined } => {
    const entries = names.flatMap((name) => {
      const value = text(given[name]);
      return value === undefined ? [] : [[name, value]];
    });
    // Its keys are the names.
    return Object.fromEntries(entries) as { readonly [K in N]?: string | undefined };
  };
}

const at = <const P extends string>(path: P) => ({ getParentRoute: () => root, path });

export const routes = {
  home: createRoute({ ...at('/'), component: Home }),
  measures: createRoute({
    ...at('/measures'),
    validateSearch: search('q', 'open', 'lead'),
    component: lazyRouteComponent(() => import('./pages/measures.tsx'), 'Measures'),
  }),
  measure: createRoute({
    ...at('/measures/$item'),
    component: lazyRouteComponent(() => import('./pages/measure.tsx'), 'Measure'),
  }),
  preCheck: createRoute({
    ...at('/check'),
    component: lazyRouteComponent(() => import('./pages/pre-check.tsx'), 'PreCheck'),
  }),
  awards: createRoute({
    ...at('/awards'),
    validateSearch: search('year', 'q'),
    component: lazyRouteComponent(() => import('./pages/awards.tsx'), 'Awards'),
  }),
  objectTo: createRoute({
    ...at('/awards/$applicationId/objection'),
    validateSearch: search('year'),
    component: lazyRouteComponent(() => import('./pages/object.tsx'), 'ObjectTo'),
  }),
  objection: createRoute({
    ...at('/objections'),
    component: lazyRouteComponent(() => import('./pages/objection.tsx'), 'Objection'),
  }),
  register: createRoute({
    ...at('/register'),
    validateSearch: search('year', 'q', 'clause', 'district'),
    component: lazyRouteComponent(() => import('./pages/register.tsx'), 'Register'),
  }),
  about: createRoute({
    ...at('/about'),
    component: lazyRouteComponent(() => import('./pages/about.tsx'), 'About'),
  }),
  accessibility: createRoute({
    ...at('/accessibility'),
    component: lazyRouteComponent(() => import('./pages/about.tsx'), 'Accessibility'),
  }),
  privacy: createRoute({
    ...at('/privacy'),
    component: lazyRouteComponent(() => import('./pages/about.tsx'), 'Privacy'),
  }),
  applications: createRoute({
    ...at('/applications'),
    component: lazyRouteComponent(() => import('./pages/applications.tsx'), 'Applications'),
  }),
  apply: createRoute({
    ...at('/apply/$item'),
    component: lazyRouteComponent(() => import('./pages/apply.tsx'), 'Apply'),
  }),
  application: createRoute({
    ...at('/applications/$applicationId'),
    component: lazyRouteComponent(() => import('./pages/application.tsx'), 'Application'),
  }),
  edit: createRoute({
    ...at('/applications/$applicationId/form'),
    component: lazyRouteComponent(() => import('./pages/edit.tsx'), 'Edit'),
  }),
  documents: createRoute({
    ...at('/applications/$applicationId/documents'),
    component: lazyRouteComponent(() => import('./pages/documents.tsx'), 'Documents'),
  }),
  check: createRoute({
    ...at('/applications/$applicationId/check'),
    component: lazyRouteComponent(() => import('./pages/check.tsx'), 'Check'),
  }),
  account: createRoute({
    ...at('/account'),
    component: lazyRouteComponent(() => import('./pages/account.tsx'), 'Account'),
  }),
  organisation: createRoute({
    ...at('/organisation'),
    component: lazyRouteComponent(() => import('./pages/organisation.tsx'), 'Organisation'),
  }),
  tasks: createRoute({
    ...at('/tasks'),
    validateSearch: search(...filterNames, 'sort'),
    component: lazyRouteComponent(() => import('./pages/inbox.tsx'), 'Inbox'),
  }),
  task: createRoute({
    ...at('/tasks/$taskId'),
    validateSearch: search(...filterNames, 'sort'),
    component: lazyRouteComponent(() => import('./pages/review.tsx'), 'Review'),
  }),
  messages: createRoute({
    ...at('/messages'),
    component: lazyRouteComponent(() => import('./pages/messages.tsx'), 'Messages'),
  }),
};

/** The portal's pages by their addresses. */
export function createPortalRouter(history?: RouterHistory) {
  return createRouter({
    routeTree: root.addChildren(Object.values(routes)),
    defaultPreload: 'intent',
    defaultErrorComponent: Broken,
    scrollRestoration: true,
    ...(history && { history }),
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createPortalRouter>;
  }
}
