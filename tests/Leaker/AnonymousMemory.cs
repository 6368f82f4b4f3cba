using System.Runtime.InteropServices;

namespace MemScope.Leaker;

/// <summary>Maps anonymous memory, touches each page and forgets it.</summary>
internal static partial class AnonymousMemory
{
    /// <summary>Bytes of one mapping: 16 pages.</summary>
    public const int ChunkBytes = 64 << 10;

    private const int PageBytes = 4096;
    private const int ReadWrite = 3;            // PROT_READ | PROT_WRITE
    private const int PrivateAnonymous = 0x22;  // MAP_PRIVATE | MAP_ANONYMOUS

    /// <summary>Leaks one.</summary>
    public static void LeakChunk()
    {
        var start = Map(0, ChunkBytes, ReadWrite, PrivateAnonymous, -1, 0);
        if (start == -1) throw new InvalidOperationException($"mmap failed: {Marshal.GetLastPInvokeErrorMessage()}");
        for (var page = 0; page < ChunkBytes; page += PageBytes) Marshal.WriteByte(start, page, 1);
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Map(nint address, nuint length, int protection, int flags, int file, long offset);
}
