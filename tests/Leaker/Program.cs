using System.Diagnostics;
using System.Globalization;
using MemScope.Leaker;

// A program that leaks by raw mmap at a rate of its own choosing: MemScope.Leaker BYTES_PER_SECOND SECONDS.
// It keeps to the clock: what a slow machine makes it miss is mapped at the next tick, so the slope is the one asked for.
var bytesPerSecond = long.Parse(args[0], CultureInfo.InvariantCulture);
var duration = TimeSpan.FromSeconds(double.Parse(args[1], CultureInfo.InvariantCulture));
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"leaking {bytesPerSecond} bytes per second as process {Environment.ProcessId}"));

long mapped = 0;
using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
for (var clock = Stopwatch.StartNew(); clock.Elapsed < duration && await ticks.WaitForNextTickAsync();)
{
    for (var due = (long)(clock.Elapsed.TotalSeconds * bytesPerSecond); mapped + AnonymousMemory.ChunkBytes <= due; mapped += AnonymousMemory.ChunkBytes) AnonymousMemory.LeakChunk();
}
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"leaked {mapped} bytes"));
