/** A command of the document client in one line, for a trace. */
export function describeCommand(command: unknown): string {
  const kind = String(Object(command).constructor.name).replace('Command', '');
  const input = Object(Reflect.get(Object(command), 'input'));
  const items: unknown = Reflect.get(input, 'TransactItems');
  if (!Array.isArray(items)) return `${kind} ${target(input)}`;
  const writes = items.flatMap((item) =>
    Object.entries(Object(item)).map(([operation, content]) => `${operation} ${target(Object(content))}`),
  );
  return [kind, ...writes].join('\n                                   · ');
}

function target(input: Record<string, unknown>): string {
  const key = Object(input['Key'] ?? input['Item']);
  const values = Object(input['ExpressionAttributeValues']);
  const where =
    key.pk === undefined ? `${values[':pk'] ?? ''} ${values[':prefix'] ?? ''}` : `${key.pk} ${key.sk}`;
  const state = Object(key.state ?? key.line);
  const becomes = state.status === undefined ? '' : ` → ${state.status} ${state.version ?? ''}`;
  return `${where.trim()}${becomes}`;
}
