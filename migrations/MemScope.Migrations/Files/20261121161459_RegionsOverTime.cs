using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace MemScope.Migrations.Files
{
    /// <inheritdoc />
    public partial class RegionsOverTime : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "analyzed_seq",
                table: "track",
                type: "bigint",
                nullable: false,
                defaultValueSql: "0");

            migrationBuilder.AddColumn<short>(
                name: "analyzer",
                table: "track",
                type: "smallint",
                nullable: false,
                defaultValueSql: "0");

            migrationBuilder.AddColumn<long>(
                name: "anon_huge_bytes",
                table: "snapshot",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "lazy_free_bytes",
                table: "snapshot",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "pinned",
                table: "capture",
                type: "boolean",
                nullable: false,
                defaultValueSql: "false");

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "text_dropped_at",
                table: "capture",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "text_kept",
                table: "capture",
                type: "text",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "region",
                columns: table => new
                {
                    process_id = table.Column<Guid>(type: "uuid", nullable: false),
                    source = table.Column<short>(type: "smallint", nullable: false),
                    region_id = table.Column<Guid>(type: "uuid", nullable: false),
                    owner_id = table.Column<Guid>(type: "uuid", nullable: true),
                    backing = table.Column<string>(type: "text", nullable: false),
                    category = table.Column<string>(type: "text", nullable: false),
                    confidence = table.Column<string>(type: "text", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: false),
                    perms = table.Column<string>(type: "text", nullable: false),
                    start_address = table.Column<long>(type: "bigint", nullable: false),
                    end_address = table.Column<long>(type: "bigint", nullable: false),
                    first_number = table.Column<int>(type: "integer", nullable: false),
                    last_number = table.Column<int>(type: "integer", nullable: false),
                    born_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    last_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    gone_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    snapshots = table.Column<int>(type: "integer", nullable: false),
                    changes = table.Column<int>(type: "integer", nullable: false),
                    virtual_bytes = table.Column<long>(type: "bigint", nullable: false),
                    first_rss_bytes = table.Column<long>(type: "bigint", nullable: true),
                    last_rss_bytes = table.Column<long>(type: "bigint", nullable: true),
                    most_rss_bytes = table.Column<long>(type: "bigint", nullable: true),
                    rss_bytes_per_second = table.Column<double>(type: "double precision", nullable: true),
                    shape = table.Column<string>(type: "text", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_region", x => new { x.process_id, x.source, x.region_id });
                    table.ForeignKey(
                        name: "FK_region_process_process_id",
                        column: x => x.process_id,
                        principalTable: "process",
                        principalColumn: "process_id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "region_alias",
                columns: table => new
                {
                    process_id = table.Column<Guid>(type: "uuid", nullable: false),
                    alias_id = table.Column<Guid>(type: "uuid", nullable: false),
                    region_id = table.Column<Guid>(type: "uuid", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_region_alias", x => new { x.process_id, x.alias_id });
                    table.ForeignKey(
                        name: "FK_region_alias_process_process_id",
                        column: x => x.process_id,
                        principalTable: "process",
                        principalColumn: "process_id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "trace_move",
                columns: table => new
                {
                    process_id = table.Column<Guid>(type: "uuid", nullable: false),
                    trace_id = table.Column<Guid>(type: "uuid", nullable: false),
                    ordinal = table.Column<int>(type: "integer", nullable: false),
                    time_ns = table.Column<long>(type: "bigint", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    old_start = table.Column<long>(type: "bigint", nullable: false),
                    old_end = table.Column<long>(type: "bigint", nullable: false),
                    new_start = table.Column<long>(type: "bigint", nullable: false),
                    new_end = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_trace_move", x => new { x.process_id, x.trace_id, x.ordinal });
                    table.ForeignKey(
                        name: "FK_trace_move_trace_process_id_trace_id",
                        columns: x => new { x.process_id, x.trace_id },
                        principalTable: "trace",
                        principalColumns: new[] { "process_id", "trace_id" },
                        onDelete: ReferentialAction.Cascade);
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "region");

            migrationBuilder.DropTable(
                name: "region_alias");

            migrationBuilder.DropTable(
                name: "trace_move");

            migrationBuilder.DropColumn(
                name: "analyzed_seq",
                table: "track");

            migrationBuilder.DropColumn(
                name: "analyzer",
                table: "track");

            migrationBuilder.DropColumn(
                name: "anon_huge_bytes",
                table: "snapshot");

            migrationBuilder.DropColumn(
                name: "lazy_free_bytes",
                table: "snapshot");

            migrationBuilder.DropColumn(
                name: "pinned",
                table: "capture");

            migrationBuilder.DropColumn(
                name: "text_dropped_at",
                table: "capture");

            migrationBuilder.DropColumn(
                name: "text_kept",
                table: "capture");
        }
    }
}
