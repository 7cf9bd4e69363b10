import type { User, UserManager } from 'oidc-client-ts';
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import type { Role } from '../../../functions/shared/actor.ts';
import { forgetAnswers } from './answers.ts';
import { ask, carry, Problem, whenExpired } from './api.ts';
import { forgetDrafts } from './drafts.ts';

/** Who has logged in, as the issuer says. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly organisation?: string | undefined;
  readonly organisationName?: string | undefined;
  readonly department?: string | undefined;
}

interface Session {
  readonly person: Person | undefined;
  /** Why nobody is logged in although the issuer has let somebody in. */
  readonly refused: Problem | undefined;
  /** Whether the API has refused the token since: what is typed is kept here until somebody logs in again. */
  readonly isExpired: boolean;
  /** Leaves for the issuer's login, and comes back to this page. */
  readonly login: () => Promise<void>;
  /** Logs in again in a window of its own; this page stays as it is. */
  readonly loginBeside: () => Promise<void>;
  readonly logout: () => Promise<void>;
}

/** What `/portal.json` says. */
export interface PortalConfig {
  readonly issuer: string;
  readonly clientId: string;
  readonly scope: string;
  readonly icp?: string;
  readonly police?: string;
}

export const callbackPath = '/callback';
/** Set while somebody is logged in in this tab: a token does not outlive a reload, the issuer's session does. */
const mark = 'portal.logged-in';

let config: Promise<PortalConfig> | undefined;
export function portalConfig(): Promise<PortalConfig> {
  config ??= fetch('/portal.json').then((response) => response.json());
  return config;
}

let manager: Promise<UserManager> | undefined;
function userManager(): Promise<UserManager> {
  manager ??= (async () => {
    const [{ UserManager, WebStorageStateStore, InMemoryWebStorage }, { issuer, clientId, scope }] =
      await Promise.all([import('oidc-client-ts'), portalConfig()]);
    return new UserManager({
      authority: issuer,
      client_id: clientId,
      redirect_uri: `${location.origin}${callbackPath}`,
      post_logout_redirect_uri: `${location.origin}/`,
      scope,
      // Tokens stay in memory; what a login needs on its way lies in this tab alone.
      userStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
      stateStore: new WebStorageStateStore({ store: sessionStorage }),
      automaticSilentRenew: false,
      loadUserInfo: false,
    });
  })();
  return manager;
}

/** Who the token is for: the API says what it takes somebody for, the issuer how they are called. */
async function personOf({ access_token, profile }: User): Promise<Person> {
  carry(access_token);
  const { personId, serverTime: _, ...rest } = (await ask('GET /v1/me')).body;
  return { ...rest, id: personId, name: profile.name ?? profile.sub };
}

interface WayBack {
  readonly to?: string;
  readonly isBeside?: boolean;
}

/** Where a login that ended here was begun, and who has logged in; nobody where the issuer has no session. */
export interface Returned {
  readonly person?: Person;
  readonly to: string;
  /** Why the API does not take somebody whom the issuer has let in. */
  readonly refused?: Problem;
}

/**
 * Looks, before anything is shown, whether somebody is logged in: takes the issuer's answer on the way back, or asks it once
 * without a page where this tab was logged in before it was loaded again. Undefined while the browser leaves for the issuer.
 */
export async function resume(): Promise<Returned | undefined> {
  const here = `${location.pathname}${location.search}`;
  if (location.pathname !== callbackPath) {
    if (sessionStorage.getItem(mark) === null) return { to: here };
    sessionStorage.removeItem(mark);
    try {
      const state: WayBack = { to: here };
      await (await userManager()).signinRedirect({ prompt: 'none', state });
      return undefined;
    } catch {
      return { to: here };
    }
  }
  const client = await userManager();
  if (window.opener !== null && window.opener !== window) {
    await client.signinPopupCallback().catch(() => undefined);
    return undefined;
  }
  try {
    const user = await client.signinRedirectCallback();
    const { to = '/' } = (user.state ?? {}) as WayBack;
    const person = await personOf(user);
    sessionStorage.setItem(mark, 'yes');
    return { person, to };
  } catch (error) {
    // The issuer has no session any more, or the address was opened twice.
    const { state } = error as { state?: WayBack };
    return { to: state?.to ?? '/', ...(error instanceof Problem && { refused: error }) };
  }
}

const SessionContext = createContext<Session | undefined>(undefined);

export function SessionProvider({
  returned: { person: first, refused },
  children,
}: {
  readonly returned: Returned;
  readonly children: ReactNode;
}) {
  const [person, setPerson] = useState(first);
  const [isExpired, setExpired] = useState(false);
  const [acrValues, setAcrValues] = useState<string>();
  useEffect(
    () =>
      whenExpired((asked) => {
        setAcrValues(asked);
        setExpired(true);
      }),
    [],
  );
  const login = useCallback(async () => {
    const state: WayBack = { to: `${location.pathname}${location.search}` };
    await (await userManager()).signinRedirect({ state });
  }, []);
  const loginBeside = useCallback(async () => {
    const user = await (await userManager()).signinPopup({
      ...(acrValues !== undefined && { acr_values: acrValues }),
      popupWindowFeatures: { width: 900, height: 700 },
    });
    const again = await personOf(user);
    // Somebody else at this machine must not go on in another's form.
    if (person && again.id !== person.id) return location.assign('/');
    sessionStorage.setItem(mark, 'yes');
    setPerson(again);
    setExpired(false);
  }, [person, acrValues]);
  const logout = useCallback(async () => {
    sessionStorage.removeItem(mark);
    forgetAnswers();
    if (person) await forgetDrafts(person.id);
    carry(undefined);
    await (await userManager()).signoutRedirect();
  }, [person]);
  const value = useMemo(
    () => ({ person, refused, isExpired, login, loginBeside, logout }),
    [person, refused, isExpired, login, loginBeside, logout],
  );
  return <SessionContext.Provider value={value}>{children}</SessionContext.Provider>;
}

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('there is no session around');
  return session;
}

export function isApplicant(person: Person | undefined): boolean {
  return person?.roles.some((role) => role === 'preparer' || role === 'organisation-admin') ?? false;
}

/** Whether somebody decides on applications for a district or a lead department. */
export function isReviewer(person: Person | undefined): boolean {
  return person?.roles.some((role) => role === 'district-reviewer' || role === 'lead-reviewer') ?? false;
}
