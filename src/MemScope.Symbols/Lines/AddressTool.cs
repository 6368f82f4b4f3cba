using System.Globalization;
using MemScope.Symbols.Children;

namespace MemScope.Symbols.Lines;

/// <summary>
/// A program that names the source lines of addresses of one file, one child per file: it reads an address a line on standard input. One file per child keeps a hostile file
/// from answering for another one, and its time from being theirs.
/// </summary>
/// <param name="Name">Its command.</param>
/// <param name="ArgumentsFor">Its arguments for a file, whose path comes last in no other place than here.</param>
/// <param name="AnswersInBlocks">
/// Whether an answer has several lines, the first of them the address (<c>addr2line -a</c>), or exactly one.
/// </param>
/// <param name="Read">Reads an answer.</param>
/// <param name="Probe">A file that it can be tried with; null means the program's own.</param>
internal sealed record AddressTool(
    string Name, Func<string, IReadOnlyList<string>> ArgumentsFor, bool AnswersInBlocks, Func<string, Symbolization> Read, string? Probe = null)
{
    /// <summary>No code lies there; its answer shows that the one before is complete.</summary>
    private const ulong EndMark = ulong.MaxValue;

    /// <summary>binutils: what people compare with, and what small machines have. It serves where it knows the file's machine.</summary>
    public static AddressTool Addr2line { get; } = new("addr2line", path => ["-a", "-f", "-i", "-e", path], AnswersInBlocks: true, Addr2lineAnswer.Read);

    /// <summary>LLVM: knows every machine and the newest DWARF.</summary>
    public static AddressTool LlvmSymbolizer { get; } =
        new("llvm-symbolizer", path => ["--output-style=JSON", "--no-demangle", "--obj=" + path], AnswersInBlocks: false, SymbolizerAnswer.Read);

    /// <summary>Asks a child of this program.</summary>
    /// <param name="child">The child.</param>
    /// <param name="addresses">Link addresses.</param>
    /// <param name="each">Time for one answer.</param>
    /// <param name="most">Time for all.</param>
    public Task<(IReadOnlyList<string> Answers, ChildFault Fault)> AskAsync(LineChild child, IReadOnlyList<ulong> addresses, TimeSpan each, TimeSpan most)
    {
        var lines = addresses.Select(Text).ToArray();
        return AnswersInBlocks
            ? child.AskBlocksAsync(lines, Text(EndMark), (line, n) => Begins(line, n < addresses.Count ? addresses[n] : EndMark), each, most)
            : child.AskAsync(lines, each, most);
    }

    private static string Text(ulong address) => string.Create(CultureInfo.InvariantCulture, $"0x{address:x}");

    /// <summary>Whether a line is the address; of a 32-bit file its lower half is printed.</summary>
    private static bool Begins(string line, ulong address) =>
        line.StartsWith("0x", StringComparison.Ordinal) && ulong.TryParse(line.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var printed)
            && (printed == address || (line.Length == 10 && printed == (uint)address));
}
