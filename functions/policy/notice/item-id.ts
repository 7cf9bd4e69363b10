/** What applications name a part of an item by: the item's id, with the part's behind it where the item has several. */
export function itemIdOf(item: string, part: string): string {
  return part === 'all' ? item : `${item}-${part}`;
}
