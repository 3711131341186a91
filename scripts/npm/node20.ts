/** What Node 20 lacks of the language that the sources are written in. */

interface Missing {
  withResolvers?: typeof Promise.withResolvers;
}

const promise: Missing = Promise;
promise.withResolvers ??= function withResolvers<Value>() {
  let resolve: PromiseWithResolvers<Value>["resolve"] = () => {};
  let reject: PromiseWithResolvers<Value>["reject"] = () => {};
  const made = new Promise<Value>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  return { promise: made, resolve, reject };
};

const object: { groupBy?: typeof Object.groupBy } = Object;
object.groupBy ??= function groupBy<Key extends PropertyKey, Item>(
  items: Iterable<Item>,
  keyOf: (item: Item, index: number) => Key,
) {
  const groups: Partial<Record<Key, Item[]>> = Object.create(null);
  let index = 0;
  for (const item of items) (groups[keyOf(item, index++)] ??= []).push(item);
  return groups;
};
