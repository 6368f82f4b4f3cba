using System.Globalization;
using MemScope.Storage.Symbols;
using MemScope.Symbols;
using MemScope.Symbols.Elf;
using MemScope.Symbols.Lines;

namespace MemScope.Web.Symbolication;

/// <summary>Says what a symbol file is good for, so that among several of one build id the best is asked, and a useless one never displaces a good one.</summary>
internal sealed class SymbolJudge(LineSymbolizer lines)
{
    /// <summary>Functions whose lines are looked up to see whether the debug information tells any.</summary>
    private const int Samples = 64;

    /// <summary>How long that may take; a file of gigabytes may need more for its first line, and is believed.</summary>
    private static readonly TimeSpan SampleTime = TimeSpan.FromSeconds(4);

    /// <summary>The quality of a symbol table.</summary>
    public static SymbolQuality OfTable(SymbolTable table) => table.Count == 0 ? SymbolQuality.None : table.Source switch
    {
        SymbolSource.None => SymbolQuality.None,
        SymbolSource.Dynsym => SymbolQuality.Exported,
        SymbolSource.Symtab => SymbolQuality.Functions,
        _ => SymbolQuality.Mini,
    };

    /// <summary>Judges a file that could be read. Its stream must be open, and <paramref name="path"/> be one that the server made.</summary>
    /// <param name="elf">The file.</param>
    /// <param name="path">Where it lies, readable for the tools.</param>
    /// <param name="cancel">Ends the wait.</param>
    public async Task<SymbolJudgement> JudgeAsync(ElfFile elf, string path, CancellationToken cancel)
    {
        var table = elf.Symbols;
        var quality = OfTable(table);
        if (!elf.HasLines) return new SymbolJudgement(quality, SymbolReader.Version, null);
        var problem = await ProblemOfLinesAsync(table, path, cancel);
        return new SymbolJudgement(problem is null ? SymbolQuality.Lines : quality, SymbolReader.Version, problem);
    }

    private async Task<string?> ProblemOfLinesAsync(SymbolTable table, string path, CancellationToken cancel)
    {
        if (table.Count == 0) return null;
        var step = Math.Max(1, table.Count / Samples);
        var addresses = table.All().Where((s, i) => i % step == 0).Take(Samples).Select(s => s.Address).ToList();
        try
        {
            var told = await lines.SymbolizeAsync(path, addresses, cancel).WaitAsync(SampleTime, cancel);
            if (told.FirstOrDefault(t => t.Miss is SymbolMiss.Malformed) is { } damaged) return damaged.Reason;
            if (told.Any(t => t.Miss is SymbolMiss.Unsupported or SymbolMiss.NoSymbols)) return null; // the tool is missing or had no time: nothing is known against the file
            return told.Any(t => t.Frames.Any(f => f.Line is not null)) ? null
                : string.Create(CultureInfo.InvariantCulture, $"Its debug information tells no line for any of {addresses.Count:N0} of its functions that were looked up.");
        }
        catch (TimeoutException)
        {
            return null;
        }
    }
}
