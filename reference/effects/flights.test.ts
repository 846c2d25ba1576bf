import { expect, test } from "vitest";
import { createFlights } from "./flights.ts";

const here = (): AbortSignal => new AbortController().signal;

test("those who ask for one key while it is under way share one piece of work", async () => {
  const flights = createFlights();
  const work = Promise.withResolvers<string>();
  let started = 0;
  const start = (): Promise<string> => {
    started += 1;
    return work.promise;
  };
  const both = [flights.join("k", here(), start), flights.join("k", here(), start)];
  work.resolve("done");
  expect(await Promise.all(both)).toEqual([
    { value: "done", led: true },
    { value: "done", led: false },
  ]);
  expect(started).toBe(1);
});

test("another key, or a later time, is other work", async () => {
  const flights = createFlights();
  let started = 0;
  const start = async (): Promise<number> => (started += 1);
  await Promise.all([flights.join("a", here(), start), flights.join("b", here(), start)]);
  await flights.join("a", here(), start);
  expect(started).toBe(3);
});

test("one who leaves does not end it for the others", async () => {
  const flights = createFlights();
  const work = Promise.withResolvers<string>();
  const leaver = new AbortController();
  let ended = false;
  const start = (signal: AbortSignal): Promise<string> => {
    signal.addEventListener("abort", () => {
      ended = true;
    });
    return work.promise;
  };
  const first = flights.join("k", leaver.signal, start);
  const second = flights.join("k", here(), start);
  leaver.abort(new Error("left"));
  await expect(first).rejects.toThrow("left");
  expect(ended).toBe(false);
  work.resolve("done");
  expect((await second).value).toBe("done");
});

test("when the last one has left, the work is told, and nobody joins it any more", async () => {
  const flights = createFlights();
  const leaver = new AbortController();
  let told = false;
  const never = (signal: AbortSignal): Promise<string> => {
    signal.addEventListener("abort", () => {
      told = true;
    });
    return new Promise(() => undefined);
  };
  const only = flights.join("k", leaver.signal, never);
  leaver.abort(new Error("left"));
  await expect(only).rejects.toThrow("left");
  expect(told).toBe(true);
  expect(await flights.join("k", here(), async () => "fresh")).toEqual({
    value: "fresh",
    led: true,
  });
});

test("a failure is everyone's, and is forgotten", async () => {
  const flights = createFlights();
  const failing = (): Promise<never> => Promise.reject(new Error("broken"));
  const both = [flights.join("k", here(), failing), flights.join("k", here(), failing)];
  for (const one of both) await expect(one).rejects.toThrow("broken");
  expect((await flights.join("k", here(), async () => 1)).value).toBe(1);
});
