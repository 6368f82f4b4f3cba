using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace MemScope.Storage.Queries;

/// <summary>Where a list goes on: time and id of the last row shown. Opaque to callers; a damaged one is refused.</summary>
internal static class Cursor
{
    private const int MostRows = 1000;

    public static int Rows(int limit) => Math.Clamp(limit, 1, MostRows);

    /// <summary>The position of a cursor, or null at the beginning.</summary>
    /// <exception cref="InvalidCursorException">It is not one of ours.</exception>
    public static (DateTimeOffset At, Guid Id)? Read(string? cursor)
    {
        if (string.IsNullOrEmpty(cursor)) return null;
        try
        {
            var parts = Encoding.ASCII.GetString(Base64Url.DecodeFromChars(cursor)).Split('_');
            if (parts.Length == 2 && long.TryParse(parts[0], CultureInfo.InvariantCulture, out var ticks) && ticks is >= 0 and <= 3155378975999999999 && Guid.TryParse(parts[1], out var id))
                return (new DateTimeOffset(ticks, TimeSpan.Zero), id);
        }
        catch (FormatException)
        {
            // falls through: not one of ours
        }
        throw new InvalidCursorException();
    }

    /// <summary>The page of rows that were read one more than asked for.</summary>
    public static RowPage<T> Page<T>(List<T> found, int rows, Func<T, (DateTimeOffset At, Guid Id)> position)
    {
        if (found.Count <= rows) return new RowPage<T>(found, null);
        found.RemoveRange(rows, found.Count - rows);
        var (at, id) = position(found[^1]);
        return new RowPage<T>(found, Base64Url.EncodeToString(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{at.UtcTicks}_{id}"))));
    }
}

/// <summary>A cursor that no list has given out. Answered 400.</summary>
public sealed class InvalidCursorException(string message = "The cursor is not one that this list gave out.") : Exception(message);
