using System.Reflection;
using System.Runtime.InteropServices;

namespace MemScope.Core.Formats.Containers;

/// <summary>
/// The calls of libzstd (zstd.h, zstd_errors.h; any 1.x) that unpack a stream. A codec over memory: it opens no file and starts nothing. Where the library is missing nothing fails
/// but <see cref="IsPresent"/> is false.
/// </summary>
internal static partial class Libzstd
{
    /// <summary>The name in the imports; <see cref="Resolve"/> finds the file.</summary>
    public const string Name = "libzstd";

    /// <summary>ZSTD_d_windowLogMax: bytes that a frame may make its decoder keep, as a power of two.</summary>
    private const int WindowLogMaxParameter = 100;

    /// <summary>What the library is called: on Linux without its development package, with it, on macOS, on Windows.</summary>
    private static readonly string[] Files = ["libzstd.so.1", "libzstd.so", "libzstd.1.dylib", "libzstd"];

    private static readonly nint Handle = Load();

    /// <summary>Whether the library was found.</summary>
    public static bool IsPresent => Handle != 0;

    /// <summary>A decoder whose frames may ask for a window of up to 2^<paramref name="windowLog"/> bytes.</summary>
    /// <exception cref="OutOfMemoryException">There is no memory for it.</exception>
    public static Decoder NewDecoder(int windowLog)
    {
        var decoder = CreateDStream();
        if (decoder.IsInvalid) ThrowOutOfMemory();
        _ = SetParameter(decoder, WindowLogMaxParameter, windowLog);
        return decoder;
    }

    /// <summary>Unpacks from <paramref name="input"/> into <paramref name="output"/> as far as either lasts.</summary>
    /// <returns>0 at the end of a frame; an error where <see cref="ErrorOf"/> says so; else a hint that is not needed.</returns>
    public static unsafe nuint Decompress(Decoder decoder, ReadOnlySpan<byte> input, Span<byte> output, out int taken, out int given)
    {
        fixed (byte* source = input, target = output)
        {
            var from = new Buffer { Bytes = source, Size = (nuint)input.Length };
            var to = new Buffer { Bytes = target, Size = (nuint)output.Length };
            var result = DecompressStream(decoder, ref to, ref from);
            (taken, given) = ((int)from.Position, (int)to.Position);
            return result;
        }
    }

    /// <summary>What went wrong, <see cref="ZstdError.None"/> when nothing.</summary>
    public static ZstdError ErrorOf(nuint result) => (ZstdError)GetErrorCode(result);

    /// <summary>What a failed malloc of the library becomes.</summary>
    /// <exception cref="OutOfMemoryException">Always.</exception>
    public static void ThrowOutOfMemory() => Marshal.ThrowExceptionForHR(unchecked((int)0x8007_000e));

    private static nint Load()
    {
        foreach (var file in Files)
        {
            if (!NativeLibrary.TryLoad(file, typeof(Libzstd).Assembly, null, out var handle)) continue;
            NativeLibrary.SetDllImportResolver(typeof(Libzstd).Assembly, Resolve);
            return handle;
        }
        return 0;
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) => name == Name ? Handle : 0;

    [LibraryImport(Name, EntryPoint = "ZSTD_createDStream")]
    private static partial Decoder CreateDStream();

    [LibraryImport(Name, EntryPoint = "ZSTD_freeDStream")]
    private static partial nuint FreeDStream(nint decoder);

    [LibraryImport(Name, EntryPoint = "ZSTD_DCtx_setParameter")]
    private static partial nuint SetParameter(Decoder decoder, int parameter, int value);

    [LibraryImport(Name, EntryPoint = "ZSTD_decompressStream")]
    private static partial nuint DecompressStream(Decoder decoder, ref Buffer output, ref Buffer input);

    [LibraryImport(Name, EntryPoint = "ZSTD_getErrorCode")]
    private static partial int GetErrorCode(nuint result);

    /// <summary>ZSTD_inBuffer and ZSTD_outBuffer, which have one layout.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private unsafe struct Buffer
    {
        public byte* Bytes;
        public nuint Size;
        public nuint Position;
    }

    /// <summary>A ZSTD_DStream, freed once.</summary>
    public sealed class Decoder : SafeHandle
    {
        /// <summary>Made by the marshaller.</summary>
        public Decoder()
            : base(0, ownsHandle: true)
        {
        }

        /// <inheritdoc/>
        public override bool IsInvalid => handle == 0;

        /// <inheritdoc/>
        protected override bool ReleaseHandle()
        {
            _ = FreeDStream(handle);
            return true;
        }
    }
}

/// <summary>ZSTD_ErrorCode of zstd_errors.h, as far as it makes a difference; the numbers below 100 are stable.</summary>
internal enum ZstdError
{
    /// <summary>No error.</summary>
    None = 0,
    /// <summary>Neither a zstd frame nor a skippable one.</summary>
    UnknownPrefix = 10,
    /// <summary>The frame asks for a larger window than is given.</summary>
    WindowTooLarge = 16,
    /// <summary>The frame was packed with a dictionary.</summary>
    WrongDictionary = 32,
    /// <summary>malloc failed.</summary>
    OutOfMemory = 64,
}
