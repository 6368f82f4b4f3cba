using System.Diagnostics;
using System.Globalization;
using System.Text;
using MemScope.Symbols.Demangling;
using MemScope.Symbols.Elf;
using MemScope.Symbols.Lines;
using MemScope.Symbols.Tests.Agreement;

namespace MemScope.Benchmarks.Symbols;

/// <summary>What two programs did with the same addresses on standard input, JSON on standard output.</summary>
/// <param name="OursPerSecond">Addresses that we answered in a second.</param>
/// <param name="PeerPerSecond">Addresses that llvm-symbolizer answered in a second.</param>
/// <param name="OurPeakBytes">Our peak of resident memory.</param>
/// <param name="PeerPeakBytes">llvm-symbolizer's.</param>
internal sealed record LookupFigures(double OursPerSecond, double PeerPerSecond, long OurPeakBytes, long PeerPeakBytes)
{
    /// <summary>How many times llvm-symbolizer's rate ours is.</summary>
    public double Ratio => OursPerSecond / PeerPerSecond;
}

/// <summary>
/// T7: warm lookups, the frames in memory, against llvm-symbolizer: both a process of their own that is given 100,000 random addresses of a file twice over, and timed from the second
/// time on.
/// </summary>
internal static class SymbolLookups
{
    /// <summary>The mode in which this program answers instead of measuring: <c>symbols-lookups FILE</c>.</summary>
    public const string Child = "symbols-lookups";

    private const int Addresses = 100_000;
    private const int Rounds = 100;
    private const int PeerRounds = 5;

    /// <summary>Measures with a file that has lines; throws when a program does not answer every address.</summary>
    public static async Task<LookupFigures> MeasureAsync(string file)
    {
        using var stream = File.OpenRead(file);
        if (!ElfFile.TryRead(stream, out var elf, out var problem)) throw new InvalidDataException(problem.Text);
        var text = Encoding.ASCII.GetBytes(string.Concat(Addr2lineOutput.RandomAddresses(elf, Addresses, seed: 5).Select(a => string.Create(CultureInfo.InvariantCulture, $"0x{a:x}\n"))));
        var (peer, peerPeak) = await RateAsync("llvm-symbolizer", ["--output-style=JSON", "--obj=" + file], text, PeerRounds);
        var (ours, ourPeak) = await RateAsync("dotnet", [typeof(SymbolLookups).Assembly.Location, Child, file], text, Rounds);
        return new LookupFigures(ours, peer, ourPeak, peerPeak);
    }

    /// <summary>Prints a line; exit code 1 below five times llvm-symbolizer's rate or above its memory.</summary>
    public static async Task<int> StartAsync(string file)
    {
        var f = await MeasureAsync(Path.GetFullPath(file));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{file}: {f.OursPerSecond:N0} addresses/s, llvm-symbolizer {f.PeerPerSecond:N0}: {f.Ratio:F1} times (target 20, accept 5); peak {f.OurPeakBytes >> 20} MiB against {f.PeerPeakBytes >> 20} MiB"));
        return f.Ratio >= 5 && f.OurPeakBytes <= f.PeerPeakBytes ? 0 : 1;
    }

    /// <summary>Answers lines <c>0xADDRESS</c> with a line of JSON each: what is not in memory is asked of the tools first.</summary>
    public static async Task<int> ServeAsync(string file)
    {
        await using var demangler = new Demangler();
        await using var lines = new LineSymbolizer(demangler);
        var module = new SymbolizedModule();
        var input = Console.OpenStandardInput();
        var output = Console.OpenStandardOutput();
        var (read, written, kept) = (new byte[64 << 10], new byte[1 << 20], 0);
        var prefix = Encoding.UTF8.GetBytes($"\",\"ModuleName\":{System.Text.Json.JsonSerializer.Serialize(file)},\"Symbol\":");
        while (await input.ReadAsync(read.AsMemory(kept)) is > 0 and var count)
        {
            var end = read.AsSpan(0, kept + count).LastIndexOf((byte)'\n') + 1;
            var asked = Unknown(read.AsSpan(0, end), module);
            if (asked.Count > 0)
            {
                var answers = await lines.SymbolizeAsync(file, asked);
                for (var i = 0; i < asked.Count; i++) module.Add(asked[i], answers[i].Frames);
            }
            for (var at = 0; at < end;)
            {
                var length = Fill(read.AsSpan(0, end), ref at, written, prefix, module);
                await output.WriteAsync(written.AsMemory(0, length));
            }
            await output.FlushAsync();
            kept += count - end;
            read.AsSpan(end, kept).CopyTo(read);
        }
        return 0;
    }

    /// <summary>Answers lines from <paramref name="at"/> on as long as there is room.</summary>
    private static int Fill(ReadOnlySpan<byte> text, ref int at, Span<byte> to, ReadOnlySpan<byte> prefix, SymbolizedModule module)
    {
        var length = 0;
        while (at < text.Length)
        {
            var line = text[at..];
            line = line[..line.IndexOf((byte)'\n')];
            var json = module.Json(Address(line));
            if (length > 0 && length + line.Length + prefix.Length + json.Length + 32 > to.Length) break;
            length += Write(to[length..], line, prefix, json);
            at += line.Length + 1;
        }
        return length;
    }

    private static int Write(Span<byte> to, ReadOnlySpan<byte> line, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> json)
    {
        var at = 0;
        Append(to, ref at, "{\"Address\":\""u8);
        Append(to, ref at, line);
        Append(to, ref at, prefix);
        Append(to, ref at, json);
        Append(to, ref at, "}\n"u8);
        return at;
    }

    private static void Append(Span<byte> to, ref int at, ReadOnlySpan<byte> part)
    {
        part.CopyTo(to[at..]);
        at += part.Length;
    }

    private static List<ulong> Unknown(ReadOnlySpan<byte> text, SymbolizedModule module)
    {
        var unknown = new List<ulong>();
        foreach (var range in text.Split((byte)'\n'))
        {
            if (text[range].Length > 2 && Address(text[range]) is var address && !module.TryGet(address, out _)) unknown.Add(address);
        }
        return unknown;
    }

    private static ulong Address(ReadOnlySpan<byte> line)
    {
        ulong value = 0;
        foreach (var c in line[2..]) value = (value << 4) | (uint)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
        return value;
    }

    /// <summary>
    /// Addresses per second from the second time on: what <paramref name="rounds"/> more rounds take. Output goes to /dev/null, for a pipe would measure who empties it.
    /// </summary>
    private static async Task<(double PerSecond, long PeakBytes)> RateAsync(string program, string[] arguments, byte[] text, int rounds)
    {
        var (first, _) = await RunAsync(program, arguments, text, 1);
        var (all, peak) = await RunAsync(program, arguments, text, 1 + rounds);
        return (rounds * (double)Addresses / Math.Max((all - first).TotalSeconds, 0.001), peak);
    }

    private static async Task<(TimeSpan Taken, long PeakBytes)> RunAsync(string program, string[] arguments, byte[] text, int rounds)
    {
        var start = new ProcessStartInfo("sh", ["-c", "exec \"$0\" \"$@\" > /dev/null", program, .. arguments]) { RedirectStandardInput = true, UseShellExecute = false };
        start.Environment["DOTNET_GCConserveMemory"] = "7";
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        var writing = Task.Run(() =>
        {
            using var pipe = process.StandardInput.BaseStream;
            for (var i = 0; i < rounds; i++) pipe.Write(text);
        });
        var ended = process.WaitForExitAsync();
        long peak = 0;
        while (await Task.WhenAny(ended, Task.Delay(20)) != ended) peak = Math.Max(peak, Peak(process.Id));
        await writing;
        if (process.ExitCode != 0) throw new InvalidDataException($"{program} ended with {process.ExitCode}");
        return (clock.Elapsed, peak);
    }

    private static long Peak(int pid)
    {
        try
        {
            return File.ReadLines($"/proc/{pid}/status").FirstOrDefault(l => l.StartsWith("VmHWM:", StringComparison.Ordinal)) is { } line
                ? long.Parse(line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10
                : 0;
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
