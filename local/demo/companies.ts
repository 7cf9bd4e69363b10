/** The companies of the demo, all fictional, as their applications describe them. */
import { findDemoUser } from '../issuer/demo-users.ts';

/** An enterprise as the API takes it. */
interface Enterprise {
  /** Unified social credit code. */
  readonly uscc: string;
  readonly name: string;
  readonly district: string;
  readonly registeredOn: string;
  /** GB/T 4754. */
  readonly industryClass: string;
}

/** Day of registration and industry class, by N of the demo users preparer-N and admin-N. */
const registrations: Readonly<Record<number, readonly [registeredOn: string, industryClass: string]>> = {
  1: ['2014-03-18', 'I6513'],
  2: ['2009-11-02', 'I6550'],
  3: ['2017-06-30', 'I6513'],
  4: ['2012-01-09', 'I6531'],
  5: ['2005-08-15', 'I6540'],
  6: ['2018-04-27', 'I6532'],
  7: ['2016-10-11', 'I6520'],
  8: ['2019-02-14', 'I6550'],
  9: ['2013-12-05', 'I6513'],
  10: ['2011-07-21', 'I6511'],
  11: ['2020-05-08', 'I6513'],
  12: ['2010-09-30', 'I6572'],
  13: ['2015-06-01', 'I6512'],
  14: ['2008-03-03', 'I6513'],
  15: ['2016-04-19', 'I6519'],
  // A maker of devices for cars, whose software is embedded in them.
  16: ['2014-11-26', 'C3962'],
  17: ['2025-04-10', 'I6513'],
  18: ['2001-05-28', 'I6513'],
  // Runs a park.
  19: ['2007-09-12', 'L7221'],
};

/** N of every company. */
export const companyNumbers: readonly number[] = Object.keys(registrations).map(Number);

/** The company of the demo users preparer-N and admin-N. */
export function companyOf(number: number): Enterprise {
  const { organisation: uscc, organisationName: name } = findDemoUser(`admin-${number}`) ?? {};
  const registration = registrations[number];
  if (!uscc || !name || !registration) throw new Error(`there is no demo company ${number}`);
  const [registeredOn, industryClass] = registration;
  // None of them has moved: the district that registered it stands in its code (GB 32100).
  return { uscc, name, district: uscc.slice(2, 8), registeredOn, industryClass };
}
