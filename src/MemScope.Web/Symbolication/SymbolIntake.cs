using System.Security.Cryptography;
using MemScope.Storage.Captures;
using MemScope.Storage.Symbols;
using MemScope.Symbols.Elf;
using MemScope.Web.Api;
using MemScope.Web.Wire;

namespace MemScope.Web.Symbolication;

/// <summary>Takes symbol files in: looks whether they are what they claim to be, and keeps them under their build id.</summary>
internal sealed class SymbolIntake(SymbolFileStore store, SymbolCatalog catalog, TimeProvider time)
{
    /// <summary>Stores a received file.</summary>
    /// <param name="content">The file, at its beginning.</param>
    /// <param name="name">File name as sent, or empty.</param>
    /// <param name="cancel">Ends the work.</param>
    /// <exception cref="ProblemException">415 when it is no ELF file, 422 when it is cut, broken or has no build id.</exception>
    public async Task<(SymbolsWire Symbols, bool Repeat)> StoreAsync(FileStream content, string name, CancellationToken cancel)
    {
        var sha = await SHA256.HashDataAsync(content, cancel);
        content.Position = 0;
        var elf = Read(content);
        if (elf.BuildId is not { } id)
            throw new ProblemException(StatusCodes.Status422UnprocessableEntity, "no-build-id", "The file has no build id, by which stacks would find it. Link with -Wl,--build-id and upload it again.");
        var upload = new SymbolFileUpload
        {
            BuildId = id.Hex,
            FileName = name.Length > 0 ? name : elf.DebugLink?.Name ?? "",
            Kind = elf.Kind.Slug(),
            Functions = elf.Symbols.Count,
            HasLines = elf.HasLines,
            Sha256 = sha,
            Content = content,
            ReceivedAt = time.GetUtcNow(),
        };
        content.Position = 0;
        var (_, repeat) = await store.StoreAsync(upload, cancel);
        catalog.Refresh();
        return (new SymbolsWire(id.Hex, [.. (await store.FindAsync(Projects.Default, id.Hex, cancel)).Select(Wire)]), repeat);
    }

    /// <summary>A stored file as the API shows it.</summary>
    public static SymbolFileWire Wire(SymbolFileRow f) => new(f.Id, f.FileName, f.Kind, f.Bytes, f.Functions, f.HasLines, f.ReceivedAt);

    private static ElfFile Read(Stream content)
    {
        if (ElfFile.TryRead(content, out var elf, out var problem))
        {
            if (elf.Kind is ElfKind.Executable or ElfKind.SharedObject or ElfKind.Debug) return elf;
            throw new ProblemException(StatusCodes.Status422UnprocessableEntity, "elf-kind", $"This is a file of kind {elf.Kind.Slug()}; programs, libraries and their .debug files have symbols that stacks can use.");
        }
        throw problem.Kind is ElfProblemKind.NotElf
            ? new ProblemException(StatusCodes.Status415UnsupportedMediaType, "not-elf", "The body is no ELF file. Captures go to /api/v1/captures.")
            : new ProblemException(StatusOf(problem.Kind), $"elf-{problem.Slug}", $"The ELF file cannot be used: {problem.Text}");
    }

    private static int StatusOf(ElfProblemKind kind) => kind switch
    {
        ElfProblemKind.TooLarge => StatusCodes.Status413PayloadTooLarge,
        ElfProblemKind.Unsupported => StatusCodes.Status415UnsupportedMediaType,
        _ => StatusCodes.Status422UnprocessableEntity,
    };
}
