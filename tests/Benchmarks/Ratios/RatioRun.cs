using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace MemScope.Benchmarks.Ratios;

/// <summary>Runs the two commands of a ratio in turn and prints a row of medians: other work on the machine meets both alike.</summary>
internal static partial class RatioRun
{
    private const int LeastPairs = 5;

    /// <summary>Measures the ratios of these names, all of them when there is none: <c>[--pairs N] [--folder DIR] [NAME…]</c>. With a folder, inputs stay there for the next run.</summary>
    /// <returns>0, or 1 when one is below what is accepted or the outputs differ.</returns>
    public static int Start(string[] arguments)
    {
        var names = new List<string>();
        var pairs = LeastPairs;
        string? folder = null;
        for (var i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] is "--pairs" && i + 1 < arguments.Length) pairs = int.Parse(arguments[++i], CultureInfo.InvariantCulture);
            else if (arguments[i] is "--folder" && i + 1 < arguments.Length) folder = arguments[++i];
            else names.Add(arguments[i]);
        }
        if (names.Find(n => AllRatios.All.All(r => r.Name != n)) is { } unknown)
        {
            Console.Error.WriteLine($"There is no ratio {unknown}. Known are: {string.Join(", ", AllRatios.All.Select(r => r.Name))}.");
            return 2;
        }
        var chosen = AllRatios.All.Where(r => names.Count == 0 || names.Contains(r.Name)).ToList();
        return Measure(chosen, Math.Max(pairs, 1), folder) ? 0 : 1;
    }

    /// <summary>Measures ratios and prints their table; false when one is below what is accepted or the outputs differ.</summary>
    public static bool Measure(IReadOnlyList<Ratio> ratios, int pairs, string? folder)
    {
        var temporary = folder is null ? Directory.CreateTempSubdirectory("memscope-bench-") : null;
        folder ??= temporary!.FullName;
        Directory.CreateDirectory(folder);
        try
        {
            Console.WriteLine($"{DateTime.UtcNow:yyyy-MM-dd}, commit {Commit()}, {Environment.ProcessorCount} cores, medians of {pairs} pairs; wall / CPU seconds of whole processes");
            Console.WriteLine("| ratio | file | ours | peer | ours, s | peer, s | times the peer's speed (least - most of the pairs) | by CPU | target | accept | |");
            Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|---|");
            var good = true;
            foreach (var group in ratios.GroupBy(r => r.Input))
            {
                var input = Path.Combine(folder, group.Key.Name);
                if (!File.Exists(input)) group.Key.Write(input);
                foreach (var ratio in group) good &= Measure(ratio, input, pairs);
                if (temporary is not null) File.Delete(input);
            }
            return good;
        }
        finally
        {
            temporary?.Delete(recursive: true);
        }
    }

    private static bool Measure(Ratio ratio, string input, int pairs)
    {
        // The first run of each is not measured: it brings the files into memory, and its output is compared.
        Run ours, peers;
        try
        {
            ours = Run.Of(ratio.Ours, input);
            peers = Run.Of(ratio.Peer, input);
        }
        catch (System.ComponentModel.Win32Exception missing)
        {
            Console.WriteLine($"| {ratio.Name} | not measured: {missing.Message} |");
            return true;
        }
        if (peers.ExitCode != 0)
        {
            Console.WriteLine($"| {ratio.Name} | not measured: `{ratio.Peer}` ended with {peers.ExitCode}: {peers.LastError} |");
            return true;
        }
        var difference = ours.ExitCode != 0 ? $"`{ratio.Ours}` ended with {ours.ExitCode}: {(ours.LastError.Length > 0 ? ours.LastError : ours.Output.TrimEnd())}" : ratio.Difference(ours.Output, peers.Output);
        if (difference is not null)
        {
            Console.WriteLine($"| {ratio.Name} | the outputs differ: {difference} |");
            return false;
        }
        var rows = new (Run Ours, Run Peer)[pairs];
        for (var i = 0; i < pairs; i++) rows[i] = (Run.Of(ratio.Ours, input), Run.Of(ratio.Peer, input));
        var speeds = rows.Select(r => r.Peer.Wall / r.Ours.Wall).Order().ToArray();
        var speed = Median(speeds);
        var cpu = Median(rows.Select(r => r.Peer.Cpu / r.Ours.Cpu));
        var verdict = speed >= ratio.Target ? "reached" : speed >= ratio.Accept ? "accepted" : "MISSED";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {ratio.Name} | {new FileInfo(input).Length / 1e6:f1} MB | `{ratio.Ours}` | `{ratio.Peer}` | {Median(rows.Select(r => r.Ours.Wall)):f3} / {Median(rows.Select(r => r.Ours.Cpu)):f3} | {Median(rows.Select(r => r.Peer.Wall)):f3} / {Median(rows.Select(r => r.Peer.Cpu)):f3} | **{speed:g3}** ({speeds[0]:g3} - {speeds[^1]:g3}) | {cpu:g3} | {ratio.Target} | {ratio.Accept} | {verdict} |")
);
        return speed >= ratio.Accept;
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>The commit that is measured.</summary>
    public static string Commit()
    {
        var run = Run.Of(new CommandLine("git", "-C", MemScope.Tests.Fixtures.RepositoryRoot, "describe", "--always", "--dirty", "--exclude=*"), "");
        return run.ExitCode == 0 ? run.Output.Trim() : "unknown";
    }

    /// <summary>One run of a command.</summary>
    /// <param name="Wall">Seconds from its start until it ended and all its output was read.</param>
    /// <param name="Cpu">Seconds of user and system time.</param>
    private sealed partial record Run(double Wall, double Cpu, int ExitCode, string Output, string LastError)
    {
        private const int Children = -1;

        public static Run Of(CommandLine command, string input)
        {
            var start = new ProcessStartInfo(command.Program, command.ArgumentsFor(input)) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
            var cpu = ChildrenCpu();
            var watch = Stopwatch.StartNew();
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            var wall = watch.Elapsed.TotalSeconds;
            return new Run(wall, ChildrenCpu() - cpu, process.ExitCode, output, errors.Result.TrimEnd().Split('\n')[^1]);
        }

        /// <summary>User and system time of all processes that were started here and have ended (getrusage(2)).</summary>
        private static double ChildrenCpu()
        {
            const double micro = 1e6;
            var usage = new long[18];
            return GetResourceUsage(Children, usage) == 0 ? usage[0] + usage[2] + ((usage[1] + usage[3]) / micro) : double.NaN;
        }

        [LibraryImport("libc", EntryPoint = "getrusage")]
        private static partial int GetResourceUsage(int who, [Out] long[] usage);
    }
}
