import { describe, expect, it } from 'vitest';
import type { AssemblyStack, StackTemplate } from '../../local/assembly.ts';
import type { ProvisionedResource } from '../../local/contracts.ts';
import { dependenciesOf, provisioningOrder, resolveValue, type Scope } from '../../local/intrinsics.ts';

function scopeOf(template: Partial<StackTemplate> = {}, overrides: Partial<Scope> = {}): Scope {
  const stack: AssemblyStack = {
    name: 'support-test-service',
    account: '000000000000',
    region: 'cn-north-1',
    assets: new Map(),
    template: { Parameters: {}, Mappings: {}, Conditions: {}, Resources: {}, Outputs: {}, ...template },
  };
  const table: ProvisionedResource = { ref: 'applications', attributes: { Arn: 'arn:aws-cn:table' } };
  return {
    stack,
    partition: 'aws-cn',
    parameters: {},
    resources: new Map([['Table', table]]),
    exports: new Map([['other:Name', 'imported']]),
    ...overrides,
  };
}

const resolve = (value: unknown, scope = scopeOf()) => resolveValue(value, scope, 'Thing.Properties');

describe('an intrinsic is resolved', () => {
  it.each([
    ['Ref to a resource', { Ref: 'Table' }, 'applications'],
    ['Ref to a pseudo parameter', { Ref: 'AWS::Partition' }, 'aws-cn'],
    ['the URL suffix of the partition', { Ref: 'AWS::URLSuffix' }, 'amazonaws.com.cn'],
    ['Fn::GetAtt as a list', { 'Fn::GetAtt': ['Table', 'Arn'] }, 'arn:aws-cn:table'],
    ['Fn::GetAtt as text', { 'Fn::GetAtt': 'Table.Arn' }, 'arn:aws-cn:table'],
    [
      'Fn::Sub with references, attributes, own variables and an escape',
      { 'Fn::Sub': ['${Table}|${Table.Arn}|${AWS::Region}|${Own}|${!Kept}', { Own: { Ref: 'Table' } }] },
      'applications|arn:aws-cn:table|cn-north-1|applications|${Kept}',
    ],
    ['Fn::Join', { 'Fn::Join': [':', ['a', { Ref: 'Table' }, 3]] }, 'a:applications:3'],
    ['Fn::Select', { 'Fn::Select': [1, ['a', { Ref: 'Table' }]] }, 'applications'],
    ['Fn::Split', { 'Fn::Split': ['-', { 'Fn::GetAtt': ['Table', 'Arn'] }] }, ['arn:aws', 'cn:table']],
    ['Fn::Select of Fn::Split', { 'Fn::Select': ['2', { 'Fn::Split': ['/', 'a/b/c'] }] }, 'c'],
    ['Fn::ImportValue', { 'Fn::ImportValue': { 'Fn::Sub': 'other:Name' } }, 'imported'],
    ['Fn::Base64', { 'Fn::Base64': 'text' }, 'dGV4dA=='],
  ])('%s', (_, value, expected) => {
    expect(resolve(value)).toEqual(expected);
  });

  it('anywhere in a value, and AWS::NoValue takes its key or item away', () => {
    const value = { a: [{ b: { Ref: 'Table' } }, { Ref: 'AWS::NoValue' }], c: { Ref: 'AWS::NoValue' } };
    expect(resolve(value)).toEqual({ a: [{ b: 'applications' }] });
  });

  it('with conditions', () => {
    const scope = scopeOf({
      Parameters: { Stage: { Type: 'String', Default: 'dev' } },
      Conditions: {
        IsDev: { 'Fn::Equals': [{ Ref: 'Stage' }, 'dev'] },
        IsChina: { 'Fn::Equals': [{ Ref: 'AWS::Partition' }, 'aws-cn'] },
        Both: { 'Fn::And': [{ Condition: 'IsDev' }, { Condition: 'IsChina' }] },
        Neither: { 'Fn::Not': [{ 'Fn::Or': [{ Condition: 'IsDev' }, { Condition: 'IsChina' }] }] },
      },
    });
    expect(resolve({ 'Fn::If': ['Both', 'yes', { Ref: 'Missing' }] }, scope)).toBe('yes');
    expect(resolve({ 'Fn::If': ['Neither', 'yes', 'no'] }, scope)).toBe('no');
  });

  it('with parameters, overridden by name', () => {
    const Parameters = {
      Issuer: { Type: 'String', Default: 'https://default.test' },
      Zones: { Type: 'CommaDelimitedList', Default: 'a, b' },
    };
    expect(resolve({ Ref: 'Issuer' }, scopeOf({ Parameters }))).toBe('https://default.test');
    expect(resolve({ Ref: 'Zones' }, scopeOf({ Parameters }))).toEqual(['a', 'b']);
    const parameters = { Issuer: 'http://127.0.0.1:1/oidc' };
    expect(resolve({ Ref: 'Issuer' }, scopeOf({ Parameters }, { parameters }))).toBe(parameters.Issuer);
  });

  it('with mappings', () => {
    const scope = scopeOf({ Mappings: { ByRegion: { 'cn-north-1': { zones: 3 } } } });
    expect(resolve({ 'Fn::FindInMap': ['ByRegion', { Ref: 'AWS::Region' }, 'zones'] }, scope)).toBe(3);
  });
});

describe('the error names stack, resource and path', () => {
  it.each([
    [{ deep: [{ Ref: 'Nothing' }] }, 'Thing.Properties.deep[0]: refers to Nothing'],
    [{ 'Fn::GetAtt': ['Table', 'Colour'] }, 'Thing.Properties: Table has no attribute Colour'],
    [
      { key: { 'Fn::Cidr': [] } },
      'Thing.Properties.key: the embedded cloud does not know the intrinsic Fn::Cidr',
    ],
    [{ 'Fn::ImportValue': 'nobody' }, 'Thing.Properties: no stack exports nobody'],
    [{ 'Fn::Sub': 'x ${Nothing}' }, 'refers to Nothing'],
    [{ 'Fn::If': ['Nothing', 1, 2] }, 'there is no condition Nothing'],
    [{ 'Fn::FindInMap': ['No', 'such', 'map'] }, 'Mappings have no No.such.map'],
    [{ Ref: 'AWS::Colour' }, 'there is no pseudo parameter AWS::Colour'],
    [{ 'Fn::Select': [7, ['a']] }, 'Fn::Select finds nothing at index 7'],
    [{ 'Fn::Join': ['', [{ 'Fn::Split': [',', 'a,b'] }]] }, 'expected a string, found ["a","b"]'],
  ])('%j', (value, message) => {
    expect(() => resolve(value)).toThrow(message);
    expect(() => resolve(value)).toThrow('stack support-test-service, ');
  });

  it('for a parameter of Parameter Store that something uses', () => {
    const Parameters = { BootstrapVersion: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/x' } };
    expect(() => resolve({ Ref: 'BootstrapVersion' }, scopeOf({ Parameters }))).toThrow('Parameter Store');
  });
});

describe('resources are provisioned', () => {
  it('after what they refer to, depend on, or name in a Fn::Sub; without those whose condition fails', () => {
    const scope = scopeOf({
      Conditions: { Never: { 'Fn::Equals': [1, 2] } },
      Resources: {
        Api: { Type: 'T', Properties: { arn: { 'Fn::GetAtt': ['Function', 'Arn'] } } },
        Function: { Type: 'T', Properties: { text: { 'Fn::Sub': ['${Bucket.Arn} ${x}', { x: 1 }] } } },
        Left: { Type: 'T', Condition: 'Never' },
        Bucket: { Type: 'T', DependsOn: ['Key'] },
        Key: { Type: 'T' },
      },
    });
    expect(provisioningOrder(scope)).toEqual(['Key', 'Bucket', 'Function', 'Api']);
    expect([...dependenciesOf('Function', scope.stack)]).toEqual(['Bucket']);
  });

  it('not at all when they need each other', () => {
    const scope = scopeOf({
      Resources: {
        A: { Type: 'T', Properties: { x: { Ref: 'B' } } },
        B: { Type: 'T', DependsOn: ['A'] },
      },
    });
    expect(() => provisioningOrder(scope)).toThrow('circular dependency A → B → A');
  });
});
