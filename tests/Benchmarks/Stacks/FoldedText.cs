using System.Globalization;
using System.Text;

namespace MemScope.Benchmarks.Stacks;

/// <summary>
/// Folded stacks as a profiler of a big server writes them: a call graph of some thousand functions with long names, walked from the root, sorted. The same file for the same size, always.
/// </summary>
internal sealed class FoldedText(long bytes)
{
    private const int Functions = 6000;
    private const int MostCallees = 6;
    private static readonly string[] Spaces = ["storage", "net", "query", "std", "boost::asio::detail", "absl::container_internal", "runtime", "ucs", "llm::cache"];
    private static readonly string[] Classes = ["Session", "BlockAllocator", "Pipeline<Stage, Queue>", "unordered_map<Key, Value>", "Connection", "Planner", "Arena", "RowReader", "Scheduler"];
    private static readonly string[] Verbs = ["run", "append", "grow", "dispatch", "operator()", "resolve", "insert_or_assign", "allocate", "handle_read"];

    private readonly Random _random = new(20261121);

    /// <summary>Writes the file.</summary>
    public void Write(string path)
    {
        var names = Enumerable.Range(0, Functions).Select(Name).ToArray();
        // Callees lie further down the list, mostly near: a graph without circles, in which ways meet again.
        var callees = Enumerable.Range(0, Functions).Select(f => Enumerable.Range(0, 1 + _random.Next(MostCallees)).Select(_ => Math.Min(Functions - 1, f + 1 + (int)(Math.Pow(_random.NextDouble(), 3) * 400))).ToArray()).ToArray();
        var stacks = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var written = 0L;
        var line = new StringBuilder();
        while (written < bytes)
        {
            line.Clear().Append("server;_start;__libc_start_main;main");
            var depth = 8 + _random.Next(16) + _random.Next(16);
            for (var (function, level) = (_random.Next(8), 0); level < depth; level++)
            {
                line.Append(';').Append(names[function]);
                // Most calls take the beaten way.
                var next = callees[function];
                function = next[(int)(Math.Pow(_random.NextDouble(), 2) * next.Length)];
            }
            var stack = line.ToString();
            if (!stacks.TryAdd(stack, 1 + _random.Next(1 << 20))) continue;
            written += stack.Length + 8;
        }
        using var file = new StreamWriter(path, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\n" };
        foreach (var (stack, weight) in stacks) file.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{stack} {weight}"));
    }

    private string Name(int number) =>
        string.Create(CultureInfo.InvariantCulture, $"{Spaces[_random.Next(Spaces.Length)]}::{Classes[_random.Next(Classes.Length)]}::{Verbs[_random.Next(Verbs.Length)]}_{number}");
}
